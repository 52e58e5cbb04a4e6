const STAMPED = /^(.+)-(\d{4}-\d{2}-\d{2}|\d{8}|latest)$/

/**
 * How models are called on both sides: vendors report the dated name of a model that was called by its alias. Names that differ
 * in their date alone are one model where one of them has no date, or says `latest`; otherwise each is its own.
 */
export function sharedNames(names: Iterable<string>): (name: string) => string {
  const stamps = new Map<string, Set<string>>()
  for (const name of names) {
    const { base, stamp } = partsOf(name)
    stamps.set(base, (stamps.get(base) ?? new Set()).add(stamp))
  }
  return (name) => {
    const { base, stamp } = partsOf(name)
    const known = stamps.get(base) ?? new Set()
    const alias = known.has('') || known.has('latest')
    return stamp === '' || (alias && known.size > 1) ? base : `${base}-${stamp}`
  }
}

/** A date is the same with and without dashes. */
function partsOf(name: string): { base: string; stamp: string } {
  const [, base = name, stamp = ''] = STAMPED.exec(name) ?? []
  return { base, stamp: stamp.replaceAll('-', '') }
}

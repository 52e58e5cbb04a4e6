/** A place in a configuration file; lines and columns start at 1. */
export interface Place {
  file: string
  line: number
  column: number
}

/** What is wrong, where, and how to mend it. */
export interface Finding {
  severity: 'error' | 'warning'
  place?: Place
  /** Path of the member: `models.gpt-5-nano.price.input`, `providers[0].kind`; the variable for the environment. */
  path: string
  problem: string
  fix: string
}

export type Path = readonly (string | number)[]

/** Writes a path as people do: `providers[0].keys[1].key`. */
export function formatPath(path: Path): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('')
}

/** Writes a finding as one line for a terminal: `faregate.yaml:7:13 models.a.price.input: … → …`. */
export function formatFinding(finding: Finding): string {
  const place = finding.place === undefined ? '' : `${finding.place.file}:${finding.place.line}:${finding.place.column} `
  const path = finding.path === '' ? '' : `${finding.path}: `
  return `${finding.severity} ${place}${path}${finding.problem} → ${finding.fix}`
}

export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === 'error')
}

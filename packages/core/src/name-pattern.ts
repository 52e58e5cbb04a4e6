/**
 * Whether a name fits a pattern in which `*` stands for any characters; `parts` is what lies between the stars. Finds the
 * parts in order, each as early as it can be: linear, where a regular expression would try every split.
 */
export function fitsParts(parts: readonly string[], name: string): boolean {
  const [first = ''] = parts
  if (parts.length === 1) return first === name
  const last = parts.at(-1) ?? ''
  const end = name.length - last.length
  if (end < first.length || !name.startsWith(first) || !name.endsWith(last)) return false
  let from = first.length
  for (const part of parts.slice(1, -1)) {
    const at = name.indexOf(part, from)
    if (at < 0 || at + part.length > end) return false
    from = at + part.length
  }
  return true
}

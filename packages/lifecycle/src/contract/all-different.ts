import { isJson } from '../openapi/json.ts'

/** Whether no two items of a list are equal, in one pass: each with each would take hours for what fits into a body. */
export function allDifferent(items: readonly unknown[]): boolean {
  const seen = new Set<string>()
  return items.every((item) => {
    const text = canonical(item)
    if (seen.has(text)) return false
    seen.add(text)
    return true
  })
}

/** The same text for equal values: members by their names. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    isJson(member) ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1))) : member,
  )
}

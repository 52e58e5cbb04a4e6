/** Numbers of so many digits may not fit a JavaScript number. */
const LONG_NUMBER = /[\d.]{16}/

/** JSON.rawJSON and the third argument of a reviver (ES2026): TypeScript's library does not know them yet, old Nodes neither. */
interface SourceText {
  rawJSON?(this: void, text: string): unknown
  parse(this: void, text: string, reviver: (name: string, value: unknown, context: { source?: string }) => unknown): unknown
}
const { rawJSON, parse } = JSON as unknown as SourceText

/**
 * Parses JSON that will be written again: a number that JavaScript would round is kept as its own text, for an id of a
 * tool's that has twenty digits must stay the same. Throws like JSON.parse.
 */
export function parseExact(text: string): unknown {
  if (rawJSON === undefined || !LONG_NUMBER.test(text)) return JSON.parse(text) as unknown
  return parse(text, (_name, value, { source }) =>
    typeof value === 'number' && source !== undefined && JSON.stringify(value) !== source ? rawJSON(source) : value,
  )
}

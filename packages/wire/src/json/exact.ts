/** Numbers that may be written otherwise once JavaScript has read them: long ones, `1.0`, `1e3`, `-0`. */
const CHANGED_NUMBER = /[\d.]{16}|\.\d*0|\d[eE]|-0/

/** JSON.rawJSON and the third argument of a reviver (ES2026): TypeScript's library does not know them yet, old Nodes neither. */
interface SourceText {
  rawJSON?(this: void, text: string): unknown
  parse(this: void, text: string, reviver: (name: string, value: unknown, context: { source?: string }) => unknown): unknown
}
const { rawJSON, parse } = JSON as unknown as SourceText

/**
 * Parses JSON that is to be written again: a number that JavaScript would change (an id of twenty digits, `1.0`) is kept as
 * its own text, for arguments of tools are objects in one dialect and text in another (T2, T9). Throws like JSON.parse.
 */
export function parseExact(text: string): unknown {
  if (rawJSON === undefined || !CHANGED_NUMBER.test(text)) return JSON.parse(text) as unknown
  return parse(text, (_name, value, { source }) =>
    typeof value === 'number' && source !== undefined && JSON.stringify(value) !== source ? rawJSON(source) : value,
  )
}

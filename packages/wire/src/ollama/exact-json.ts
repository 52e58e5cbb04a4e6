/** JSON with source text (ES2026), which TypeScript's library does not know yet. */
interface ExactJson {
  rawJSON(this: void, text: string): unknown
  parse(this: void, text: string, reviver: (name: string, value: unknown, context: { source?: string }) => unknown): unknown
}

const { rawJSON, parse } = JSON as unknown as ExactJson

/**
 * Parses JSON that is to be written again: a number that JavaScript would change (an id of twenty digits, `1.0`) is kept as
 * its own text, for arguments of tools are objects here and text elsewhere (T2, T9). Throws where JSON.parse does.
 */
export function parseExact(text: string): unknown {
  return parse(text, (_name, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? rawJSON(source) : value,
  )
}

/** Text longer than this is not searched: it would take time that a broken request is not worth. */
const LONGEST = 1024 * 1024

const TOKEN =
  /[ \t\r\n]*(?:("[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)|([{}[\],:]))/y

/** What may come next. */
type Expected = 'value' | 'valueOrEnd' | 'name' | 'nameOrEnd' | 'colon' | 'commaOrEnd' | 'nothing'

/**
 * Where a text stops being JSON (RFC 8259), as ` (line 3, column 14)` to append to a message; empty when that
 * cannot be told.
 */
export function locateJsonError(text: string): string {
  if (text.length > LONGEST) return ''
  const offset = errorOffset(text)
  if (offset === undefined) return ''
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return ` (line ${line}, column ${offset - before.lastIndexOf('\n')})`
}

/** Offset of the first token that cannot stand where it stands; undefined if there is none. */
function errorOffset(text: string): number | undefined {
  const stack: ('{' | '[')[] = []
  let expected: Expected = 'value'
  let at = 0
  for (;;) {
    TOKEN.lastIndex = at
    const match = TOKEN.exec(text)
    const start = at + spaceAt(text, at)
    if (match === null) return start === text.length && expected === 'nothing' ? undefined : start
    const next = step(expected, match[1], match[2], stack)
    if (next === undefined) return start
    expected = next
    at = TOKEN.lastIndex
  }
}

function spaceAt(text: string, from: number): number {
  let at = from
  while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at++
  return at - from
}

function step(expected: Expected, scalar: string | undefined, mark: string | undefined, stack: ('{' | '[')[]): Expected | undefined {
  const after = (): Expected => (stack.length === 0 ? 'nothing' : 'commaOrEnd')
  if (scalar !== undefined) {
    if (expected === 'value' || expected === 'valueOrEnd') return after()
    return (expected === 'name' || expected === 'nameOrEnd') && scalar.startsWith('"') ? 'colon' : undefined
  }
  if (mark === '{' || mark === '[') {
    if (expected !== 'value' && expected !== 'valueOrEnd') return undefined
    stack.push(mark)
    return mark === '{' ? 'nameOrEnd' : 'valueOrEnd'
  }
  if (mark === ':') return expected === 'colon' ? 'value' : undefined
  if (mark === ',') return expected !== 'commaOrEnd' ? undefined : stack.at(-1) === '{' ? 'name' : 'value'
  const opens = mark === '}' ? '{' : '['
  const mayEnd = expected === 'commaOrEnd' || expected === (opens === '{' ? 'nameOrEnd' : 'valueOrEnd')
  if (!mayEnd || stack.pop() !== opens) return undefined
  return after()
}

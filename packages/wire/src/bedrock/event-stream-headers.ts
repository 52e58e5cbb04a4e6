/** The values of an event stream's headers that are strings, by name; undefined where the headers are malformed. */
export type TextHeaders = ReadonlyMap<string, string>

/** Bytes of a value, by its type: 0 and 1 are `true` and `false`, 2 to 5 integers, 8 a time, 9 a UUID. */
const FIXED_LENGTHS = new Map([
  [0, 0],
  [1, 0],
  [2, 1],
  [3, 2],
  [4, 4],
  [5, 8],
  [8, 8],
  [9, 16],
])
const BYTES = 6
const STRING = 7

/** Reads the headers of one message: the length of a name, the name, the type of its value, the value. */
export function readTextHeaders(bytes: Buffer): TextHeaders | undefined {
  const headers = new Map<string, string>()
  let at = 0
  while (at < bytes.length) {
    const nameEnd = at + 1 + (bytes[at] ?? 0)
    const type = bytes[nameEnd]
    const value = type === undefined ? undefined : valueRange(bytes, nameEnd + 1, type)
    if (value === undefined || value.end > bytes.length) return undefined
    if (type === STRING) headers.set(bytes.toString('utf8', at + 1, nameEnd), bytes.toString('utf8', value.start, value.end))
    at = value.end
  }
  return headers
}

/** Where a value lies; strings and byte arrays begin with their length in two bytes. */
function valueRange(bytes: Buffer, start: number, type: number): { start: number; end: number } | undefined {
  const fixed = FIXED_LENGTHS.get(type)
  if (fixed !== undefined) return { start, end: start + fixed }
  if ((type !== BYTES && type !== STRING) || start + 2 > bytes.length) return undefined
  return { start: start + 2, end: start + 2 + bytes.readUInt16BE(start) }
}

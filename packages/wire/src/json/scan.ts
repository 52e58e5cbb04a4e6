/** One member of a JSON object, as byte offsets into the body. `nameStart` is the opening quote of the name. */
export interface Member {
  name: string
  nameStart: number
  valueStart: number
  /** The first byte after the value. */
  valueEnd: number
}

/** The members of an object: of several with one name the last, as JSON.parse takes it. */
export interface OkScan {
  ok: true
  members: Map<string, Member>
  /** Offset of `{`. */
  open: number
  /** Offset of `}`. */
  close: number
  /** Names that occur more than once, each once. */
  duplicates: string[]
}

export type Scan = OkScan | { ok: false; offset: number; reason: string }

/** Deeper nesting than this is refused: no request needs it, and readers downstream recurse. */
export const MAX_DEPTH = 200

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/**
 * Finds the members of the object that `body` holds (or that starts at `from`) without copying or decoding it:
 * strings are skipped natively, names are compared after unescaping (`"mod\u0065l"` is `model`). A byte order
 * mark is skipped. Checks structure only as far as it needs; JSON.parse stays the judge of what is valid.
 */
export function scanMembers(body: Buffer, from = startOf(body)): Scan {
  const open = skipSpace(body, from)
  if (body[open] !== OPEN_BRACE) return failure(open, 'an object is expected')
  const members = new Map<string, Member>()
  const duplicates = new Set<string>()
  let at = skipSpace(body, open + 1)
  if (body[at] === CLOSE_BRACE) return { ok: true, members, open, close: at, duplicates: [] }
  for (;;) {
    const member = readMember(body, at)
    if ('reason' in member) return member
    if (members.has(member.name)) duplicates.add(member.name)
    members.set(member.name, member)
    at = skipSpace(body, member.valueEnd)
    if (body[at] === CLOSE_BRACE) return { ok: true, members, open, close: at, duplicates: [...duplicates] }
    if (body[at] !== COMMA) return failure(at, '`,` or `}` is expected')
    at = skipSpace(body, at + 1)
  }
}

/** Offset of the first byte after a byte order mark, if there is one. */
export function startOf(body: Buffer): number {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0
}

/** So many bytes are looked at one by one: for a short way a call into native code costs more than it saves. */
const SHORT_WAY = 64

/** Offset of the closing quote of the string whose first content byte is at `from`; -1 if it does not end. */
export function stringEnd(body: Buffer, from: number): number {
  let at = from
  for (;;) {
    for (const limit = Math.min(at + SHORT_WAY, body.length); at < limit; at++) {
      const byte = body[at]
      if (byte === QUOTE) return at
      if (byte === BACKSLASH) at++
    }
    const quote = body.indexOf(QUOTE, at)
    if (quote < 0) return -1
    let slashes = 0
    while (quote - slashes > at && body[quote - slashes - 1] === BACKSLASH) slashes++
    if (slashes % 2 === 0) return quote
    at = quote + 1
  }
}

type Failure = Extract<Scan, { ok: false }>

function failure(offset: number, reason: string): Failure {
  return { ok: false, offset, reason }
}

function readMember(body: Buffer, nameStart: number): Member | Failure {
  if (body[nameStart] !== QUOTE) return failure(nameStart, 'a member name in quotes is expected')
  const nameEnd = stringEnd(body, nameStart + 1)
  if (nameEnd < 0) return failure(nameStart, 'the string does not end')
  const name = readName(body, nameStart, nameEnd)
  if (name === undefined) return failure(nameStart, 'the member name is not a JSON string')
  const colon = skipSpace(body, nameEnd + 1)
  if (body[colon] !== COLON) return failure(colon, '`:` is expected')
  const valueStart = skipSpace(body, colon + 1)
  const valueEnd = skipValue(body, valueStart)
  return typeof valueEnd === 'number' ? { name, nameStart, valueStart, valueEnd } : valueEnd
}

function readName(body: Buffer, quote: number, end: number): string | undefined {
  const raw = body.toString('utf8', quote + 1, end)
  if (!raw.includes('\\')) return raw
  try {
    return JSON.parse(`"${raw}"`) as string
  } catch {
    return undefined
  }
}

function skipSpace(body: Buffer, from: number): number {
  let at = from
  for (let byte = body[at]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; byte = body[at]) at++
  return at
}

/** Offset of the first byte after the value that starts at `from`. */
function skipValue(body: Buffer, from: number): number | Failure {
  const first = body[from]
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return skipNested(body, from)
  if (first === QUOTE) {
    const end = stringEnd(body, from + 1)
    return end < 0 ? failure(from, 'the string does not end') : end + 1
  }
  let at = from
  while (isScalarByte(body[at])) at++
  return at === from ? failure(from, 'a value is expected') : at
}

/** Letters, digits, `+`, `-`, `.`: what numbers, `true`, `false` and `null` are made of. */
function isScalarByte(byte: number | undefined): boolean {
  if (byte === undefined) return false
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x2b && byte <= 0x39 && byte !== COMMA) || (byte >= 0x41 && byte <= 0x5a)
}

function skipNested(body: Buffer, from: number): number | Failure {
  // The object that holds this value is the first level.
  let depth = 1
  for (let at = from; at < body.length; at++) {
    const byte = body[at]
    if (byte === QUOTE) {
      const end = stringEnd(body, at + 1)
      if (end < 0) return failure(at, 'the string does not end')
      at = end
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (++depth > MAX_DEPTH) return failure(at, `values are nested deeper than ${MAX_DEPTH} levels`)
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (--depth === 1) return at + 1
    }
  }
  return failure(from, 'the value does not end')
}

import type { Invalid } from '../dialect.ts'
import { invalid } from '../input/body.ts'
import { readPartHead } from './part-head.ts'

/** One part of a form: its name, and where in the body its content is. */
export interface Part {
  name: string
  filename?: string
  start: number
  /** The first byte after the content. */
  end: number
}

export type Parts = { ok: true; parts: Part[] } | Invalid

const CRLF = Buffer.from('\r\n')
const END_OF_HEAD = Buffer.from('\r\n\r\n')

const MOST_PARTS = 1_000

const BOUNDARY = /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/gi
const BOUNDARY_CHARACTERS = /^[\w'()+,\-./:=? ]{0,69}[\w'()+,\-./:=?]$/

/**
 * Finds the parts of a `multipart/form-data` body (RFC 7578, RFC 2046) without copying it. It is strict where parsers differ,
 * for the upstream must find the same parts: lines end in `\r\n`, the boundary is nothing but a delimiter wherever it occurs,
 * and nothing stands before the first or after the last.
 */
export function readParts(body: Buffer, contentType: string | string[] | undefined): Parts {
  const boundary = boundaryOf(contentType)
  if (boundary === undefined) return invalid('', 'the body is no form: send `Content-Type: multipart/form-data` with its `boundary`')
  const delimiter = Buffer.from(`--${boundary}`)
  const parts: Part[] = []
  let at = body.indexOf(delimiter)
  if (at !== 0 && !(at === 2 && body.subarray(0, 2).equals(CRLF))) return malformed('it does not begin with its boundary')
  for (;;) {
    const after = at + delimiter.length
    if (body[after] === DASH && body[after + 1] === DASH)
      return ended(body, after + 2) ? { ok: true, parts } : malformed('something follows its end')
    if (!body.subarray(after, after + 2).equals(CRLF))
      return malformed('its boundary occurs inside of a part, or is not followed by a line break')
    const next = body.indexOf(delimiter, after)
    if (next < 0) return malformed('it breaks off before its last boundary')
    if (!body.subarray(next - 2, next).equals(CRLF)) return malformed('its boundary occurs inside of a part')
    const part = readPart(body, after + 2, next - 2)
    if ('ok' in part) return part
    parts.push(part)
    if (parts.length > MOST_PARTS) return malformed(`it has more than ${MOST_PARTS} parts`)
    at = next
  }
}

const DASH = 0x2d

function readPart(body: Buffer, from: number, end: number): Part | Invalid {
  const headEnd = body.indexOf(END_OF_HEAD, from)
  if (headEnd < 0 || headEnd + END_OF_HEAD.length > end) return malformed('a part has no head')
  const head = readPartHead(body.toString('utf8', from, headEnd))
  return head === undefined
    ? malformed('the head of a part does not say plainly what its name is: send `Content-Disposition: form-data; name="…"` once')
    : { ...head, start: headEnd + END_OF_HEAD.length, end }
}

/** After the last boundary there may be a line break, and nothing else. */
function ended(body: Buffer, at: number): boolean {
  return body.length === at || body.subarray(at).equals(CRLF)
}

function boundaryOf(contentType: string | string[] | undefined): string | undefined {
  if (typeof contentType !== 'string' || !/^multipart\/form-data\s*;/i.test(contentType)) return undefined
  const [match, ...others] = contentType.matchAll(BOUNDARY)
  const boundary = match?.[1] ?? match?.[2]
  return boundary !== undefined && others.length === 0 && BOUNDARY_CHARACTERS.test(boundary) ? boundary : undefined
}

function malformed(why: string): Invalid {
  return invalid('', `the form cannot be read: ${why}`)
}

/** The smallest parsers of each framing, written against the specifications and against nothing else here. */
import { crc32 } from 'node:zlib'

export interface SseEvent {
  event: string | undefined
  data: string
}

/** Server-sent events, as the HTML standard has them: comments, several `data` lines, any line end, a byte order mark. */
export function parseSse(text: string): SseEvent[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
  const events: SseEvent[] = []
  let event: string | undefined
  let data: string[] = []
  for (const line of lines) {
    if (line === '') {
      if (data.length > 0) events.push({ event, data: data.join('\n') })
      event = undefined
      data = []
    } else if (!line.startsWith(':')) {
      const at = line.indexOf(':')
      const [field, value] = at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1).replace(/^ /, '')]
      if (field === 'data') data.push(value)
      if (field === 'event') event = value
    }
  }
  return events
}

export function parseNdjson(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown)
}

/** One message of Amazon's event stream. */
export interface EventMessage {
  headers: Record<string, string>
  payload: unknown
}

/** Every message, lengths and both checksums looked at. */
export function parseEventStream(bytes: Buffer): EventMessage[] {
  const messages: EventMessage[] = []
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32BE(at)
    const message = bytes.subarray(at, at + length)
    if (message.length !== length) throw new Error(`message at ${at} is cut`)
    if (crc32(message.subarray(0, 8)) !== message.readUInt32BE(8)) throw new Error(`checksum of the prelude at ${at} is wrong`)
    if (crc32(message.subarray(0, length - 4)) !== message.readUInt32BE(length - 4))
      throw new Error(`checksum of the message at ${at} is wrong`)
    const headersEnd = 12 + message.readUInt32BE(4)
    const payload = message.subarray(headersEnd, length - 4).toString('utf8')
    messages.push({ headers: parseHeaders(message.subarray(12, headersEnd)), payload: JSON.parse(payload) as unknown })
    at += length
  }
  return messages
}

function parseHeaders(bytes: Buffer): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let at = 0; at < bytes.length;) {
    const nameEnd = at + 1 + bytes.readUInt8(at)
    const name = bytes.subarray(at + 1, nameEnd).toString('utf8')
    if (bytes.readUInt8(nameEnd) !== 7) throw new Error(`header ${name} is no string`)
    const valueEnd = nameEnd + 3 + bytes.readUInt16BE(nameEnd + 1)
    headers[name] = bytes.subarray(nameEnd + 3, valueEnd).toString('utf8')
    at = valueEnd
  }
  return headers
}

import { crc32 } from 'node:zlib'
import { MAX_EVENT_BYTES, type RawEvent } from '../sse/split.ts'
import { readTextHeaders, type TextHeaders } from './event-stream-headers.ts'

/** Thrown by {@link EventStreamSplitter.push} for what is no event stream, is damaged, or is too large to be kept. */
export class EventStreamBroken extends Error {
  override readonly name = 'EventStreamBroken'
}

/** Total length, length of the headers, checksum of the two: four bytes each. */
const PRELUDE = 12
const CHECKSUM = 4

/**
 * Cuts a stream of `application/vnd.amazon.eventstream` ("Amazon event stream encoding") into its messages, however the
 * chunks are cut, and checks both checksums of each. An event's name is its `:event-type`, an exception's its
 * `:exception-type`; `data` is the payload. A message of the kind `error`, which has no payload, becomes the event `error`
 * with its code and message as JSON. Bytes are copied only for messages that span chunks.
 */
export class EventStreamSplitter {
  #parts: Buffer[] = []
  #held = 0
  /** So many bytes must be there before anything can be told. */
  #needed = PRELUDE

  /** The events that this chunk completes. */
  push(chunk: Buffer): RawEvent[] {
    this.#parts.push(chunk)
    this.#held += chunk.length
    if (this.#held < this.#needed) return []
    const bytes = this.end()
    const events: RawEvent[] = []
    let at = 0
    this.#needed = neededAt(bytes, at)
    while (bytes.length - at >= this.#needed) {
      const next = at + this.#needed
      events.push(readMessage(bytes.subarray(at, next)))
      at = next
      this.#needed = neededAt(bytes, at)
    }
    if (at < bytes.length) {
      this.#parts = [bytes.subarray(at)]
      this.#held = bytes.length - at
    }
    return events
  }

  /** What is left of a message that is not whole, once the stream has ended. */
  end(): Buffer {
    const [only] = this.#parts
    const rest = this.#parts.length === 1 && only !== undefined ? only : Buffer.concat(this.#parts)
    this.#parts = []
    this.#held = 0
    this.#needed = PRELUDE
    return rest
  }
}

/** The length of the message that begins here, or of a prelude where not even that is whole. */
function neededAt(bytes: Buffer, at: number): number {
  if (bytes.length - at < PRELUDE) return PRELUDE
  if (crc32(bytes.subarray(at, at + 8)) !== bytes.readUInt32BE(at + 8))
    throw new EventStreamBroken('the checksum of a prelude does not match')
  const length = bytes.readUInt32BE(at)
  if (length > MAX_EVENT_BYTES) throw new EventStreamBroken(`a message of ${length} bytes is larger than ${MAX_EVENT_BYTES}`)
  if (length < PRELUDE + bytes.readUInt32BE(at + 4) + CHECKSUM) throw new EventStreamBroken('a message is shorter than its headers')
  return length
}

function readMessage(raw: Buffer): RawEvent {
  const end = raw.length - CHECKSUM
  if (crc32(raw.subarray(0, end)) !== raw.readUInt32BE(end)) throw new EventStreamBroken('the checksum of a message does not match')
  const headersEnd = PRELUDE + raw.readUInt32BE(4)
  const headers = readTextHeaders(raw.subarray(PRELUDE, headersEnd))
  if (headers === undefined) throw new EventStreamBroken('the headers of a message cannot be read')
  if (headers.get(':message-type') === 'error') return { raw, event: 'error', data: errorData(headers) }
  const event = headers.get(':exception-type') ?? headers.get(':event-type')
  return { raw, event, data: raw.toString('utf8', headersEnd, end) }
}

function errorData(headers: TextHeaders): string {
  return JSON.stringify({ code: headers.get(':error-code'), message: headers.get(':error-message') })
}

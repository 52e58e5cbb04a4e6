import { MAX_EVENT_BYTES, SseEventTooLarge, type RawEvent } from '../sse/split.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/**
 * Cuts a stream that is one JSON array (`streamGenerateContent` without `alt=sse`) into its elements, byte for byte, however
 * the chunks are cut: an element's event begins where the one before it ended, with the bracket or comma in front of it, and
 * what follows the last element is an event without data. An object that stands alone, as errors do, is an element too.
 */
export class ArraySplitter {
  #parts: Buffer[] = []
  #held = 0
  /** Where the element begins in what is held and this chunk together; undefined between elements. */
  #element: number | undefined
  #depth = 0
  #inString = false
  #escaped = false
  #closed = false
  readonly #most: number

  /** `most`: a larger element is not buffered; the stream ends in an error instead. */
  constructor(most = MAX_EVENT_BYTES) {
    this.#most = most
  }

  /** The elements that this chunk completes. */
  push(chunk: Buffer): RawEvent[] {
    const events: RawEvent[] = []
    let start = 0
    for (let at = 0; at < chunk.length; at++) {
      if (this.#inString) at = this.#skipString(chunk, at)
      else if (this.#structural(chunk[at], this.#held + at - start)) {
        events.push(this.#cut(chunk.subarray(start, at + 1)))
        start = at + 1
      }
    }
    const rest = chunk.subarray(start)
    if (rest.length > 0) this.#hold(rest)
    if (this.#closed && this.#held > 0) events.push({ raw: this.end(), data: undefined, event: undefined })
    return events
  }

  /** What is left of an element, once the stream has ended. */
  end(): Buffer {
    const rest = Buffer.concat(this.#parts)
    this.#parts = []
    this.#held = 0
    return rest
  }

  /** Offset of the last byte that belongs to the string, or of the last byte of the chunk. */
  #skipString(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at]
      if (this.#escaped) {
        this.#escaped = false
      } else if (byte === BACKSLASH) {
        this.#escaped = true
      } else if (byte === QUOTE) {
        this.#inString = false
        return at
      }
    }
    return chunk.length
  }

  /** Notes a byte outside strings; true where it ends an element. `offset`: from where the event begins. */
  #structural(byte: number | undefined, offset: number): boolean {
    if (this.#closed) return false
    if (byte === QUOTE) {
      this.#inString = true
    } else if (byte === OPEN_BRACE || (byte === OPEN_BRACKET && this.#element !== undefined)) {
      this.#element ??= offset
      this.#depth++
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (this.#element === undefined) this.#closed = byte === CLOSE_BRACKET
      else return --this.#depth === 0
    }
    return false
  }

  #cut(tail: Buffer): RawEvent {
    let raw = tail
    if (this.#held > 0 || tail.length > this.#most) {
      this.#hold(tail)
      raw = this.end()
    }
    const data = raw.toString('utf8', this.#element ?? 0)
    this.#element = undefined
    return { raw, data, event: undefined }
  }

  #hold(bytes: Buffer): void {
    this.#held += bytes.length
    if (this.#held > this.#most) throw new SseEventTooLarge(`an element of the stream is larger than ${this.#most} bytes`)
    this.#parts.push(bytes)
  }
}

import { MAX_EVENT_BYTES, SseEventTooLarge, type RawEvent } from '../sse/split.ts'

const LF = 0x0a

/**
 * Cuts a stream of JSON texts, one a line (`application/x-ndjson`), into its lines, byte for byte, however the chunks are
 * cut. Lines end with `\n`, after which a `\r` is no part of their data. Bytes are copied only for lines that span chunks.
 */
export class NdjsonSplitter {
  /** The part of the running line that came with earlier chunks. */
  #parts: Buffer[] = []
  #held = 0

  /** The lines that this chunk completes. Throws when a line is larger than {@link MAX_EVENT_BYTES}. */
  push(chunk: Buffer): RawEvent[] {
    const events: RawEvent[] = []
    let start = 0
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      this.#hold(chunk.subarray(start, end + 1))
      events.push(this.#line())
      start = end + 1
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start))
    return events
  }

  /** What is left without a terminator, once the stream has ended. */
  end(): Buffer {
    const [only] = this.#parts
    const rest = only !== undefined && this.#parts.length === 1 ? only : Buffer.concat(this.#parts)
    this.#parts = []
    this.#held = 0
    return rest
  }

  #hold(bytes: Buffer): void {
    this.#held += bytes.length
    if (this.#held > MAX_EVENT_BYTES) throw new SseEventTooLarge(`a line of the stream is larger than ${MAX_EVENT_BYTES} bytes`)
    this.#parts.push(bytes)
  }

  #line(): RawEvent {
    const raw = this.end()
    // A byte order mark counts as space here.
    const data = raw.toString('utf8').trim()
    return { raw, data: data === '' ? undefined : data, event: undefined }
  }
}

/** One event as it came: the bytes to forward, and what they say. */
export interface RawEvent {
  /** Every byte, terminators and comments included: the events joined are the stream. */
  raw: Buffer
  /** The data lines joined by `\n`; undefined where there is none (comments, blank lines). */
  data: string | undefined
  event: string | undefined
}

/** A larger event is not buffered; the stream ends in an error instead. */
export const MAX_EVENT_BYTES = 16 * 1024 * 1024

/** Thrown by {@link SseSplitter.push} when an event exceeds {@link MAX_EVENT_BYTES}. */
export class SseEventTooLarge extends Error {
  override readonly name = 'SseEventTooLarge'
}

const LF = 0x0a
const CR = 0x0d

/**
 * Cuts a stream of server-sent events (WHATWG HTML, "Server-sent events") into whole events, byte for byte, at `\n`,
 * `\r\n` or `\r`, however the chunks are cut. Each byte is looked at once; bytes are copied only for events that
 * span chunks.
 */
export class SseSplitter {
  /** The part of the running event that came with earlier chunks. */
  private parts: Buffer[] = []
  private held = 0
  /** Nothing of the current line has come yet. */
  private lineIsEmpty = true
  /** The last byte was `\r`: a `\n` that follows belongs to it. */
  private afterCr = false
  /** The event has ended, but for a `\n` that may belong to its last `\r`. */
  private ended = false
  /** The stream uses `\r\n`: it is worth waiting for that `\n`. */
  private usesCrLf = false
  private first = true

  /** The events that this chunk completes. */
  push(chunk: Buffer): RawEvent[] {
    const events: RawEvent[] = []
    const start = chunk.includes(CR) || this.afterCr ? this.splitAny(chunk, events) : this.splitLf(chunk, events)
    if (start < chunk.length) this.hold(chunk.subarray(start))
    if (this.ended && !this.usesCrLf) this.emit(Buffer.alloc(0), events)
    return events
  }

  /** What is left without a terminator, once the stream has ended. */
  end(): Buffer {
    const rest = Buffer.concat(this.parts)
    this.parts = []
    this.held = 0
    return rest
  }

  /** The usual stream, without `\r`: lines are found natively. Returns where the unfinished event starts. */
  private splitLf(chunk: Buffer, events: RawEvent[]): number {
    let start = 0
    let at = 0
    while (at < chunk.length) {
      if (this.lineIsEmpty && chunk[at] === LF) {
        this.emit(chunk.subarray(start, at + 1), events)
        start = ++at
        continue
      }
      const end = chunk.indexOf(LF, at)
      this.lineIsEmpty = end >= 0
      at = end < 0 ? chunk.length : end + 1
    }
    return start
  }

  private splitAny(chunk: Buffer, events: RawEvent[]): number {
    let start = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]
      if (this.afterCr) {
        this.afterCr = false
        const pair = byte === LF
        this.usesCrLf = pair
        if (this.ended) {
          const end = pair ? at + 1 : at
          this.emit(chunk.subarray(start, end), events)
          start = end
        }
        if (pair) continue
      }
      if (byte !== LF && byte !== CR) {
        this.lineIsEmpty = false
        continue
      }
      this.afterCr = byte === CR
      if (!this.lineIsEmpty) {
        this.lineIsEmpty = true
      } else if (byte === CR) {
        this.ended = true
      } else {
        this.emit(chunk.subarray(start, at + 1), events)
        start = at + 1
      }
    }
    return start
  }

  private hold(bytes: Buffer): void {
    this.held += bytes.length
    if (this.held > MAX_EVENT_BYTES) throw new SseEventTooLarge(`an event of the stream is larger than ${MAX_EVENT_BYTES} bytes`)
    this.parts.push(bytes)
  }

  private emit(tail: Buffer, events: RawEvent[]): void {
    let raw = tail
    if (this.held > 0) {
      this.hold(tail)
      raw = this.end()
    } else if (tail.length > MAX_EVENT_BYTES) {
      this.hold(tail)
    }
    this.ended = false
    events.push(readEvent(raw, this.first))
    this.first = false
  }
}

function readEvent(raw: Buffer, first: boolean): RawEvent {
  if (isSingleDataLine(raw)) {
    return { raw, data: raw.toString('utf8', raw[5] === 0x20 ? 6 : 5, raw.length - 2), event: undefined }
  }
  const text = raw.toString('utf8')
  return readLines(raw, first && text.startsWith('\uFEFF') ? text.slice(1) : text)
}

/** `data:…\n\n`, and no other line break. */
function isSingleDataLine(raw: Buffer): boolean {
  if (raw[0] !== 0x64 || raw[1] !== 0x61 || raw[2] !== 0x74 || raw[3] !== 0x61 || raw[4] !== 0x3a) return false
  return raw.indexOf(LF) === raw.length - 2 && raw[raw.length - 1] === LF && !raw.includes(CR)
}

function readLines(raw: Buffer, text: string): RawEvent {
  const data: string[] = []
  let event: string | undefined
  for (const line of text.split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    if (name !== 'data' && name !== 'event') continue
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (name === 'data') data.push(value)
    else event = value === '' ? undefined : value
  }
  return { raw, data: data.length === 0 ? undefined : data.join('\n'), event }
}

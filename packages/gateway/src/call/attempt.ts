import { splitterFor, type Framing, type RawEvent, type Splitter, type UpstreamFailure } from '@faregate/wire'
import type { UpstreamCall, UpstreamError, UpstreamSink } from '../edge.ts'

/** JSON answers up to this size are collected, settled, then sent; larger ones are forwarded as they come (M16). */
export const COLLECTED_BYTES = 1024 * 1024

type Headers = Record<string, string | string[] | undefined>

/** How a call of an upstream began. `large` and `stream` are paused until a consumer is attached. */
export type Opening =
  | { kind: 'answer'; status: number; headers: Headers; body: Buffer }
  | { kind: 'large'; status: number; headers: Headers; head: Buffer }
  | { kind: 'stream'; status: number; headers: Headers; events: RawEvent[]; silent: boolean }
  | { kind: 'failed'; failure: UpstreamFailure; raw: Buffer }
  | { kind: 'broken'; error: UpstreamError }

/** Takes what follows the opening of a large answer. */
export interface ByteConsumer {
  data(chunk: Buffer): void
  end(): void
  error(error: UpstreamError): void
}

/** Takes what follows the opening of a stream; `rest` is what came after the last whole event. */
export interface EventConsumer {
  events(events: RawEvent[]): void
  end(rest: Buffer): void
  error(error: UpstreamError): void
}

/** What is to be expected of an upstream. */
export interface Expected {
  /** A stream that has begun but is silent for so long counts as open, so that the caller can be kept alive. */
  patienceMs: number
  framing: Framing
  /** A stream was asked for. */
  stream: boolean
  /** Larger answers are not collected. */
  collectBytes: number
  /** Answers of this type are not collected at all: they are forwarded from their first byte on. */
  bytes?: RegExp
}

/** One call of one upstream: collects until it is clear what kind of answer comes, then hands over. */
export class Attempt implements UpstreamSink {
  readonly opened: Promise<Opening>
  #open: (opening: Opening) => void = () => {}
  #call: UpstreamCall | undefined
  #status = 0
  #headers: Headers = {}
  #chunks: Buffer[] = []
  #size = 0
  #splitter: Splitter | undefined
  #bytes: ByteConsumer | undefined
  #events: EventConsumer | undefined
  /** What of a stream came before it opened. */
  #early: RawEvent[] = []
  #settled = false
  #backlog: (() => void)[] = []
  #patience: NodeJS.Timeout | undefined
  readonly #expected: Expected

  constructor(expected: Expected) {
    this.#expected = expected
    this.opened = new Promise((resolve) => {
      this.#open = resolve
    })
  }

  /** Sends the request; kept apart from the constructor, because the sink must exist first. */
  start(send: (sink: UpstreamSink) => UpstreamCall): void {
    this.#call = send(this)
    if (this.#settled) this.#call.pause()
  }

  head(status: number, headers: Headers): void {
    this.#status = status
    this.#headers = headers
    if (status < 200 || status >= 300) return
    const { framing, stream, patienceMs } = this.#expected
    this.#splitter = splitterFor(framing, String(headers['content-type'] ?? ''), stream)
    if (this.#splitter !== undefined) this.#patience = setTimeout(() => this.#openStream(true), patienceMs)
  }

  data(chunk: Buffer): void {
    if (this.#bytes !== undefined) return this.#bytes.data(chunk)
    if (this.#splitter !== undefined) return this.#split(this.#splitter, chunk)
    if (this.#settled) return this.#later(() => this.data(chunk))
    this.#chunks.push(chunk)
    this.#size += chunk.length
    if (this.#size <= this.#mostCollected()) return
    if (this.#status >= 300) return this.abortWith({ reason: 'protocol', detail: `an error body of more than ${COLLECTED_BYTES} bytes` })
    this.#settle({ kind: 'large', status: this.#status, headers: this.#headers, head: Buffer.concat(this.#chunks) })
  }

  #mostCollected(): number {
    const { bytes, collectBytes } = this.#expected
    if (this.#status >= 300) return COLLECTED_BYTES
    return bytes?.test(String(this.#headers['content-type'] ?? '')) === true ? 0 : collectBytes
  }

  #split(splitter: Splitter, chunk: Buffer): void {
    let events: RawEvent[]
    try {
      events = splitter.push(chunk)
    } catch (error) {
      return this.abortWith({ reason: 'protocol', detail: `event stream: ${String(error)}` })
    }
    if (events.length === 0) return
    if (this.#settled) return this.#toEvents((consumer) => consumer.events(events))
    this.#early.push(...events)
    // Comments say nothing yet: an error may still follow, which is an answer with a status and not a stream.
    if (events.some(({ data }) => data !== undefined)) this.#openStream(false)
  }

  /** `silent`: nothing but comments has come in a while. */
  #openStream(silent: boolean): void {
    this.#settle({ kind: 'stream', status: this.#status, headers: this.#headers, events: this.#early, silent })
  }

  end(): void {
    if (this.#bytes !== undefined) return this.#bytes.end()
    if (this.#settled && this.#splitter !== undefined) {
      const rest = this.#splitter.end()
      return this.#toEvents((consumer) => consumer.end(rest))
    }
    if (this.#settled) return this.#later(() => this.end())
    this.#settle(this.#whole())
  }

  #whole(): Opening {
    const status = this.#status
    if (this.#splitter !== undefined)
      return { kind: 'broken', error: { reason: 'reset', detail: 'the stream ended before its first event' } }
    const body = this.#chunks.length === 1 && this.#chunks[0] !== undefined ? this.#chunks[0] : Buffer.concat(this.#chunks)
    if (status >= 200 && status < 300) return { kind: 'answer', status, headers: this.#headers, body }
    return { kind: 'failed', failure: { status, headers: this.#headers, body: body.toString('utf8', 0, 64 * 1024) }, raw: body }
  }

  error(error: UpstreamError): void {
    if (!this.#settled) return this.#settle({ kind: 'broken', error })
    const consumer = this.#bytes ?? this.#events
    if (consumer !== undefined) consumer.error(error)
    else this.#later(() => this.error(error))
  }

  /** Closes the upstream's socket; nothing is heard of it again. */
  abort(): void {
    clearTimeout(this.#patience)
    this.#call?.abort()
  }

  /** Aborts and, if it is not clear yet what comes, ends the waiting for it. */
  cancel(): void {
    this.abort()
    if (!this.#settled) this.#settle({ kind: 'broken', error: { reason: 'reset', detail: 'the caller went away' } })
  }

  abortWith(error: UpstreamError): void {
    this.abort()
    this.error(error)
  }

  pause(): void {
    this.#call?.pause()
  }

  resume(): void {
    this.#call?.resume()
  }

  /** Goes on with a large answer. */
  attachBytes(consumer: ByteConsumer): void {
    this.#bytes = consumer
    this.#catchUp()
  }

  /** Goes on with a stream. */
  attachEvents(consumer: EventConsumer): void {
    this.#events = consumer
    this.#catchUp()
  }

  #settle(opening: Opening): void {
    this.#settled = true
    clearTimeout(this.#patience)
    if (opening.kind === 'large' || opening.kind === 'stream') this.pause()
    this.#open(opening)
  }

  #toEvents(deliver: (consumer: EventConsumer) => void): void {
    if (this.#events !== undefined) deliver(this.#events)
    else this.#later(() => this.#toEvents(deliver))
  }

  /** What arrives between the opening and the consumer, although the upstream is paused, is kept in order. */
  #later(again: () => void): void {
    this.#backlog.push(again)
  }

  #catchUp(): void {
    const backlog = this.#backlog
    this.#backlog = []
    for (const again of backlog) again()
    this.resume()
  }
}

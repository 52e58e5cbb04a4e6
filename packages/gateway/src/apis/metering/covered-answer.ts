import type { Denial } from '@faregate/core'
import type { UpstreamCall, UpstreamError, UpstreamSink } from '../../edge.ts'
import type { ByteCover } from './cover.ts'

type Headers = Record<string, string | string[] | undefined>

/** Takes an answer of which each byte costs something. */
export interface CoveredSink extends UpstreamSink {
  /** What comes next is not covered: nothing follows. */
  refused(denial: Denial): void
}

interface Waiting {
  /** Of the body, all together. */
  bytes: number
  whole: boolean
  pass: () => void
}

/**
 * Stands before whoever takes an answer, and lets nothing through that is not durably held for: by its length, where that is said, before
 * its head; otherwise slice by slice, its head with the first. What waits is bounded by back-pressure.
 */
export class CoveredAnswer implements UpstreamSink, UpstreamCall {
  readonly #sink: CoveredSink
  readonly #cover: ByteCover
  readonly #length: (status: number, headers: Headers) => number | undefined
  readonly #waiting: Waiting[] = []
  #call: UpstreamCall | undefined
  #received = 0
  /** Of an answer whose length nobody said: it waits for the first byte, which may not be covered. */
  #head: (() => void) | undefined
  #free = false
  /** The sink wants nothing for now. */
  #paused = false
  #over = false

  /** `length`: how long the body of an answer is; undefined: that is not known. 0 where it is not charged. */
  constructor(sink: CoveredSink, cover: ByteCover, length: (status: number, headers: Headers) => number | undefined) {
    this.#sink = sink
    this.#cover = cover
    this.#length = length
  }

  /** The call that it stands before, as the sink controls it. */
  over(call: UpstreamCall): UpstreamCall {
    this.#call = call
    return this
  }

  head(status: number, headers: Headers): void {
    const length = this.#length(status, headers)
    this.#free = length === 0
    const pass = (): void => this.#sink.head(status, headers)
    if (length === undefined) this.#head = pass
    else this.#pass({ bytes: length, whole: true, pass })
  }

  data(chunk: Buffer): void {
    if (!this.#free) this.#received += chunk.length
    this.#pass({ bytes: this.#received, whole: false, pass: this.#withHead(() => this.#sink.data(chunk)) })
  }

  end(): void {
    this.#pass({ bytes: 0, whole: true, pass: this.#withHead(() => this.#sink.end()) })
  }

  error(failure: UpstreamError): void {
    this.#pass({ bytes: 0, whole: true, pass: this.#withHead(() => this.#sink.error(failure)) })
  }

  #withHead(pass: () => void): () => void {
    const head = this.#head
    if (head === undefined) return pass
    this.#head = undefined
    return () => {
      head()
      pass()
    }
  }

  pause(): void {
    this.#paused = true
    this.#call?.pause()
  }

  resume(): void {
    this.#paused = false
    if (this.#waiting.length === 0) this.#call?.resume()
  }

  abort(): void {
    this.#over = true
    this.#call?.abort()
  }

  #pass(next: Waiting): void {
    if (this.#over) return
    if (this.#waiting.length === 0 && this.#cover.fits('received', next.bytes)) return next.pass()
    this.#waiting.push(next)
    if (this.#waiting.length > 1) return
    this.#call?.pause()
    void this.#passInTurn()
  }

  async #passInTurn(): Promise<void> {
    for (let next = this.#waiting[0]; next !== undefined && !this.#over; next = this.#waiting[0]) {
      const refusal = await this.#cover.cover('received', next.bytes, next.whole)
      if (this.#over) return
      if (refusal !== undefined) return this.#refuse(refusal)
      next.pass()
      this.#waiting.shift()
    }
    if (!this.#paused && !this.#over) this.#call?.resume()
  }

  #refuse(refusal: Denial): void {
    this.abort()
    this.#sink.refused(refusal)
  }
}

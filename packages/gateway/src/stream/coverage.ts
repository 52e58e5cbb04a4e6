import type { Denial } from '@faregate/core'
import type { TokenCounter } from '@faregate/pricing'
import { TokenMeter } from '../token-meter.ts'
import type { Slices } from './slices.ts'

/** Knows what of a stream is covered by a durable hold, and gets more covered. */
export class Coverage {
  readonly #slices: Slices
  readonly #tokens: TokenCounter
  readonly #forwarded: TokenMeter
  #renewing = false
  /** A slice was refused in advance: only an event that needs one asks again. */
  #dry = false
  #stopped = false

  constructor(slices: Slices, tokens: TokenCounter) {
    this.#slices = slices
    this.#tokens = tokens
    this.#forwarded = new TokenMeter(tokens, 'most')
  }

  /** Whether the text is covered, judged by its bytes: true is certain, false means that it must be counted. */
  fits(text: string): boolean {
    if (text === '') return true
    const most = this.#tokens.known(text) ?? Buffer.byteLength(text)
    return this.#forwarded.atMost + most <= this.#slices.coveredTokens
  }

  /** Notes a text that is forwarded. */
  add(text: string): void {
    if (text !== '') this.#forwarded.add(text)
  }

  /**
   * Gets texts that wait covered: counts what was bounded so far, then takes slices. Resolves to how many of them,
   * from the first on, may be forwarded (at least one), or to why not even the first may.
   */
  async cover(texts: string[]): Promise<number | Denial> {
    const [first = ''] = texts
    const [used, all] = await Promise.all([this.#forwarded.count(), this.#tokens.countEach(texts)])
    if (used + all <= this.#slices.coveredTokens) return texts.length
    const needed = used + (texts.length === 1 ? all : await this.#tokens.countEach([first]))
    while (!this.#stopped && needed > this.#slices.coveredTokens) {
      const refusal = await this.#slices.take()
      if (refusal !== undefined) return refusal
    }
    this.#dry = false
    return used + all <= this.#slices.coveredTokens ? texts.length : 1
  }

  /** Nothing is forwarded any more: no slice is asked for that the settle might not know of. */
  stop(): void {
    this.#stopped = true
  }

  /** Counts, and asks for the next slice, in advance: once half of the last one is used up. */
  async renew(): Promise<void> {
    if (this.#renewing || this.#dry || this.#forwarded.atMost <= this.#slices.renewAbove) return
    this.#renewing = true
    try {
      const used = await this.#forwarded.count()
      if (!this.#stopped && used > this.#slices.renewAbove && this.#slices.canGrow) this.#dry = (await this.#slices.take()) !== undefined
    } finally {
      this.#renewing = false
    }
  }
}

import type { TokenCounter } from '@faregate/pricing'
import type { Outbound } from '../edge.ts'
import { TokenMeter } from '../token-meter.ts'

/** Writes to the caller, and counts what its socket has accepted: that is what was delivered (M21). */
export class Deliveries {
  readonly #outbound: Outbound
  readonly #accepted: TokenMeter
  /** Whether any output was sent at all. */
  hasOutput = false
  /** What the socket has accepted that is no text (see `StreamStep.made`). */
  made = 0
  #inFlight = 0
  #idle: (() => void) | undefined

  constructor(outbound: Outbound, tokens: TokenCounter) {
    this.#outbound = outbound
    this.#accepted = new TokenMeter(tokens, 'least')
    outbound.onGone(() => this.#idle?.())
  }

  /** False: the caller reads slower than we send. */
  write(chunk: Buffer, texts: string[], made = 0): boolean {
    this.#inFlight += 1
    if (texts.length > 0 || made > 0) this.hasOutput = true
    return this.#outbound.write(chunk, () => {
      for (const text of texts) this.#accepted.add(text)
      this.made += made
      this.#inFlight -= 1
      if (this.#inFlight === 0) this.#idle?.()
    })
  }

  /** Tokens that were accepted, once nothing is on its way any more. */
  async tokens(): Promise<number> {
    if (this.#inFlight > 0 && !this.#outbound.closed) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve
      })
    }
    return this.#accepted.count()
  }

  /** What was counted of it so far: at most what was accepted, without waiting. Has the rest counted meanwhile. */
  get countedTokens(): number {
    void this.#accepted.count()
    return this.#accepted.counted
  }
}

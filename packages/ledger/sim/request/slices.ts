import { LedgerUnavailable } from '../../src/port.ts'
import type { AccountRef, HoldOp, Outcome } from '../../src/types.ts'
import { amountOf, priceOf, SLICE } from './plan.ts'
import { COVER_MS, type Serving } from './serving.ts'
import { countsOf } from './settle.ts'

const LIMIT_TOLERANCE = 4

/** What is counted once for a request was held with its first slice. */
function furtherLeg(leg: AccountRef): AccountRef {
  if (leg.kind === 'wallet' || leg.measure === undefined) return leg
  return { ...leg, measure: { ...leg.measure, fixed: 0n } }
}

/** Holds a stream's output slice by slice, each durable before anything that it covers is forwarded (M13). */
export class Slices {
  readonly #serving: Serving
  #forwarded = 0
  #renewing = false
  #dry = false
  #taking: Promise<boolean> | undefined
  /** A slice that was not decided in time: asked for again as it was. */
  #undecided: HoldOp | undefined
  #promptCounted: number | undefined
  /** Of what the socket has accepted. */
  #counted = 0
  #counting = false
  #stopped = false

  constructor(serving: Serving) {
    this.#serving = serving
  }

  get covered(): number {
    const { plan, reservation } = this.#serving
    return plan.sliced ? reservation.covered * plan.n : Number.POSITIVE_INFINITY
  }

  fits(tokens: number): boolean {
    return tokens === 0 || this.#forwarded + tokens <= this.covered
  }

  add(tokens: number): void {
    this.#forwarded += tokens
  }

  /** Gets events covered; answers how many of them may be forwarded, or undefined: not even the first. */
  async cover(events: number[]): Promise<number | undefined> {
    await this.#serving.step('counts tokens')
    const all = events.reduce((sum, tokens) => sum + tokens, 0)
    const [first = 0] = events
    const needed = this.#forwarded + first
    while (!this.#stopped && needed > this.covered) if (!(await this.#take())) return undefined
    this.#dry = false
    return this.#forwarded + all <= this.covered ? events.length : 1
  }

  /** Nothing is forwarded any more. */
  stop(): void {
    this.#stopped = true
  }

  /** Asks for the next slice once half of the last one is used up. */
  async renew(): Promise<void> {
    if (this.#renewing || this.#dry || this.#forwarded <= this.#renewAbove) return
    const { reservation } = this.#serving
    this.#renewing = true
    await this.#serving.step('counts tokens')
    if (!this.#stopped && this.#forwarded > this.#renewAbove && reservation.covered < reservation.limit) this.#dry = !(await this.#take())
    this.#renewing = false
  }

  get #renewAbove(): number {
    const { plan, reservation } = this.#serving
    if (!plan.sliced) return Number.POSITIVE_INFINITY
    return this.covered - (Math.min(SLICE, reservation.covered) * plan.n) / 2
  }

  /** One at a time. */
  #take(): Promise<boolean> {
    this.#taking ??= this.#takeOne().finally(() => {
      this.#taking = undefined
    })
    return this.#taking
  }

  async #takeOne(): Promise<boolean> {
    const { host, reservation } = this.#serving
    if (reservation.covered >= reservation.limit * LIMIT_TOLERANCE) return false
    const operation = this.#undecided ?? this.#next()
    this.#undecided = operation
    try {
      const outcome = await host.ledger.submit(operation, { timeoutMs: COVER_MS })
      this.#undecided = undefined
      return this.#taken(operation, outcome)
    } catch (error) {
      if (error instanceof LedgerUnavailable) return false
      throw error
    }
  }

  #next(): HoldOp {
    const { host, plan, reservation, exchange } = this.#serving
    const { limit, covered, slices: slice } = reservation
    const { request } = exchange
    return {
      type: 'hold',
      id: `${request}.${slice}`,
      request,
      slice,
      instance: host.epoch,
      legs: plan.legs.map(furtherLeg),
      measure: { fixed: 0n, perStep: reservation.plan.measure.perStep },
      steps: { min: 1, max: covered < limit ? Math.min(SLICE, limit - covered) : SLICE },
      memo: '{}',
      ...this.#marks(),
    }
  }

  #marks(): Pick<HoldOp, 'mark' | 'counts'> {
    const mark = this.#mark()
    return { mark, ...countsOf(this.#serving, mark) }
  }

  #taken(operation: HoldOp, outcome: Outcome): boolean {
    if (outcome.status !== 'ok' && outcome.status !== 'exists') return false
    const { reservation } = this.#serving
    const steps = outcome.steps ?? operation.steps.max
    reservation.slices += 1
    reservation.covered += steps
    reservation.held += amountOf(operation.measure, steps)
    return true
  }

  /** What is owed by now; what is not counted yet is left out, and for nothing nothing is owed. */
  #mark(): bigint {
    const { plan } = this.#serving
    if (this.#promptCounted === undefined) {
      this.#promptCounted = 0
      void this.#serving.step('counts the prompt').then(() => (this.#promptCounted = plan.prompt))
    }
    const mark = this.#counted === 0 ? 0n : priceOf(plan, this.#promptCounted, this.#counted)
    void this.#count()
    return mark
  }

  async #count(): Promise<void> {
    if (this.#counting) return
    this.#counting = true
    const { accepted } = this.#serving.exchange
    await this.#serving.step('counts what was accepted')
    this.#counted = accepted
    this.#counting = false
  }
}

import { isDenial, type Denial } from '@faregate/core'
import { LedgerUnavailable, type HoldOp } from '@faregate/ledger'
import { charge } from '@faregate/pricing'
import type { Delivery } from '../deliver/context.ts'
import type { Candidate } from '../locate.ts'
import { countsOf } from '../plans/counts.ts'
import { ledgerUnavailable } from '../ledger-unavailable.ts'
import { endedBy, sliceOf, takeSlice, type Slicing } from '../slice.ts'
import type { Deliveries } from './deliveries.ts'

/** Our count can differ from the upstream's: this many times the limit is covered before a stream counts as endless (M22). */
const LIMIT_TOLERANCE = 4

/** Holds a stream's output slice by slice, each durable before anything that it covers is forwarded (M13). */
export class Slices {
  readonly #delivery: Delivery
  readonly #candidate: Candidate
  readonly #delivered: Pick<Deliveries, 'countedTokens'>
  #inputTokens: number | undefined
  #taking: Promise<Denial | undefined> | undefined
  /** A slice that the database did not decide in time: asked for again as it was. */
  #undecided: HoldOp | undefined

  constructor(delivery: Delivery, candidate: Candidate, delivered: Pick<Deliveries, 'countedTokens'>) {
    this.#delivery = delivery
    this.#candidate = candidate
    this.#delivered = delivered
  }

  /** Output tokens, over all choices, that are durably held. Without slices everything is, up to the limit. */
  get coveredTokens(): number {
    const { reservation } = this.#delivery
    return reservation.plan.sliced ? reservation.covered * reservation.plan.bound.n : Number.POSITIVE_INFINITY
  }

  /** Whether the caller's limit leaves room for a further slice. */
  get canGrow(): boolean {
    const { covered, limit } = this.#delivery.reservation
    return covered < limit
  }

  /** Tokens above which it is worth counting, and asking for the next slice: half of the last one is used up. */
  get renewAbove(): number {
    const { plan, covered } = this.#delivery.reservation
    if (!plan.sliced) return Number.POSITIVE_INFINITY
    return this.coveredTokens - (Math.min(plan.sliceTokens, covered) * plan.bound.n) / 2
  }

  /** Takes one more slice, one at a time; a refusal ends the stream, if what is covered does not suffice. */
  take(): Promise<Denial | undefined> {
    this.#taking ??= this.#take().finally(() => {
      this.#taking = undefined
    })
    return this.#taking
  }

  async #take(): Promise<Denial | undefined> {
    const { reservation } = this.#delivery
    if (reservation.covered >= reservation.limit * LIMIT_TOLERANCE) return endless(reservation.limit)
    const operation = this.#undecided ?? this.#nextSlice()
    this.#undecided = operation
    try {
      const taken = await takeSlice(this.#slicing, operation)
      this.#undecided = undefined
      if (isDenial(taken)) return endedBy('stream', taken)
      reservation.covered += taken
      return undefined
    } catch (error) {
      if (error instanceof LedgerUnavailable) return ledgerUnavailable(error)
      throw error
    }
  }

  get #slicing(): Slicing {
    return { ...this.#delivery, user: this.#delivery.request.user }
  }

  #nextSlice(): HoldOp {
    const { plan, limit, covered } = this.#delivery.reservation
    const max = covered < limit ? Math.min(plan.sliceTokens, limit - covered) : plan.sliceTokens
    return sliceOf(this.#slicing, { perStep: plan.measure.perStep, steps: { min: 1, max }, ...this.#mark() })
  }

  /**
   * What is owed by now, for recovery (M23). Nothing waits for a count: what is not counted yet is left out, so the
   * mark may be low, never high. Where nothing has arrived, nothing is owed, whatever the prompt costs (M20).
   */
  #mark(): Pick<HoldOp, 'mark' | 'counts'> {
    if (this.#inputTokens === undefined) {
      this.#inputTokens = 0
      void this.#countInput()
    }
    const output = this.#delivered.countedTokens
    if (output === 0) return { mark: 0n }
    const buckets = { input: this.#inputTokens, output }
    const priced = charge(buckets, this.#candidate.price)
    return { mark: priced.ok ? priced.amount : 0n, ...countsOf(this.#delivery.reservation.plan.legs, buckets) }
  }

  async #countInput(): Promise<void> {
    const { deps, request } = this.#delivery
    this.#inputTokens = await deps.tokens.count(request.inputText(), 'least')
  }
}

function endless(limit: number): Denial {
  return {
    code: 'provider_error',
    detail: `The provider went on far beyond the output limit of ${limit} tokens; the stream ends here.`,
    operatorDetail: `more than ${LIMIT_TOLERANCE} times the output limit was streamed`,
  }
}

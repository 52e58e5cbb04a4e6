import type { Denial } from '@faregate/core'
import { LedgerUnavailable, type HoldOp, type Outcome } from '@faregate/ledger'
import { amountOf, charge } from '@faregate/pricing'
import type { Delivery } from '../deliver/context.ts'
import { insufficientFunds } from '../funds.ts'
import type { Candidate } from '../locate.ts'
import { ledgerUnavailable } from '../reserve.ts'

/** Our count can differ from the upstream's: this many times the limit is covered before a stream counts as endless (M22). */
const LIMIT_TOLERANCE = 4

/** Holds a stream's output slice by slice, each durable before anything that it covers is forwarded (M13). */
export class Slices {
  readonly #delivery: Delivery
  readonly #candidate: Candidate
  /** Tokens that the socket had accepted, counted; for the mark that recovery charges up to. */
  readonly #delivered: () => Promise<number>
  #inputTokens: Promise<number> | undefined
  #taking: Promise<Denial | undefined> | undefined

  constructor(delivery: Delivery, candidate: Candidate, delivered: () => Promise<number>) {
    this.#delivery = delivery
    this.#candidate = candidate
    this.#delivered = delivered
  }

  /** Output tokens, over all choices, that are durably held. Without slices everything is, up to the limit. */
  get coveredTokens(): number {
    const { reservation } = this.#delivery
    return reservation.plan.sliced ? reservation.covered * reservation.plan.bound.n : Number.POSITIVE_INFINITY
  }

  /** Tokens above which the next slice is asked for in advance: half of the last one is used up. */
  get renewAbove(): number {
    const { plan, covered, limit } = this.#delivery.reservation
    if (!plan.sliced || covered >= limit) return Number.POSITIVE_INFINITY
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
    const { deps, flow, reservation } = this.#delivery
    const { plan, limit, covered } = reservation
    if (covered >= limit * LIMIT_TOLERANCE) return endless(limit)
    const size = covered < limit ? Math.min(plan.sliceTokens, limit - covered) : plan.sliceTokens
    const operation: HoldOp = {
      type: 'hold',
      id: `${flow.id}.${reservation.slices}`,
      request: flow.id,
      slice: reservation.slices,
      instance: deps.instance.epoch,
      legs: plan.legs,
      measure: { fixed: 0n, perStep: plan.measure.perStep },
      steps: { min: 1, max: size },
      memo: {},
      mark: await this.#mark(),
    }
    try {
      const outcome = await deps.ledger.submit(operation, { timeoutMs: deps.settings.limits.coverMs })
      return this.#taken(operation, outcome)
    } catch (error) {
      if (error instanceof LedgerUnavailable) return ledgerUnavailable(error)
      throw error
    }
  }

  #taken(operation: HoldOp, outcome: Outcome): Denial | undefined {
    const { reservation, deps, flow } = this.#delivery
    if (outcome.status === 'ok' || outcome.status === 'exists') {
      const steps = outcome.steps ?? operation.steps.max
      reservation.slices += 1
      reservation.covered += steps
      reservation.held += amountOf(operation.measure, steps)
      return undefined
    }
    if (outcome.status === 'insufficient' && flow.key !== undefined) {
      const cause = insufficientFunds({ settings: deps.settings, key: flow.key, legs: reservation.plan.legs }, outcome)
      return {
        ...cause,
        code: 'stream_funds_exhausted',
        detail: `The stream ends here: ${cause.detail}`,
        also: [cause.code, ...(cause.also ?? [])],
        retryable: false,
      }
    }
    return { ...ledgerUnavailable(`slice refused: ${outcome.status}`), detail: 'The stream ends here, because its balance can no longer be held.' }
  }

  async #mark(): Promise<bigint> {
    const { deps, request } = this.#delivery
    this.#inputTokens ??= deps.tokens.count(request.inputText())
    const priced = charge({ input: await this.#inputTokens, output: await this.#delivered() }, this.#candidate.price)
    return priced.ok ? priced.amount : 0n
  }
}

function endless(limit: number): Denial {
  return {
    code: 'provider_error',
    detail: `The provider went on far beyond the output limit of ${limit} tokens; the stream ends here.`,
    operatorDetail: `more than ${LIMIT_TOLERANCE} times the output limit was streamed`,
  }
}

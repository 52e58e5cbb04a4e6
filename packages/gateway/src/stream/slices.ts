import type { Denial } from '@faregate/core'
import { LedgerUnavailable, type HoldOp, type Outcome } from '@faregate/ledger'
import { amountOf, charge } from '@faregate/pricing'
import type { Delivery } from '../deliver/context.ts'
import { insufficientFunds, type Insufficient } from '../funds.ts'
import type { Candidate } from '../locate.ts'
import { countsOf } from '../plans/counts.ts'
import { furtherLeg } from '../plans/under-offer.ts'
import { inDebt } from '../reserve.ts'
import { ledgerUnavailable } from '../ledger-unavailable.ts'
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
    const { deps, reservation } = this.#delivery
    if (reservation.covered >= reservation.limit * LIMIT_TOLERANCE) return endless(reservation.limit)
    const operation = this.#undecided ?? this.#nextSlice()
    this.#undecided = operation
    try {
      const outcome = await deps.ledger.submit(operation, { timeoutMs: deps.settings.limits.coverMs })
      this.#undecided = undefined
      return this.#taken(operation, outcome)
    } catch (error) {
      if (error instanceof LedgerUnavailable) return ledgerUnavailable(error)
      throw error
    }
  }

  #nextSlice(): HoldOp {
    const { deps, flow, reservation } = this.#delivery
    const { plan, limit, covered, slices } = reservation
    return {
      type: 'hold',
      id: `${flow.id}.${slices}`,
      request: flow.id,
      slice: slices,
      instance: deps.instance.epoch,
      legs: plan.legs.map(furtherLeg),
      measure: { fixed: 0n, perStep: plan.measure.perStep },
      steps: { min: 1, max: covered < limit ? Math.min(plan.sliceTokens, limit - covered) : plan.sliceTokens },
      memo: '{}',
      ...this.#mark(),
    }
  }

  #taken(operation: HoldOp, outcome: Outcome): Denial | undefined {
    const { reservation, deps, flow, request } = this.#delivery
    if (outcome.status === 'ok' || outcome.status === 'exists') {
      const steps = outcome.steps ?? operation.steps.max
      reservation.slices += 1
      reservation.covered += steps
      reservation.held += amountOf(operation.measure, steps)
      return undefined
    }
    const short = outcome.status === 'in_debt' ? inDebt(reservation.plan, outcome) : outcome
    if (short.status === 'insufficient' && flow.key !== undefined) {
      const context = { settings: deps.settings, key: flow.key, legs: operation.legs, user: request.user, plan: flow.plan }
      return exhausted(insufficientFunds(context, ownAside(short)))
    }
    return {
      ...ledgerUnavailable(`slice refused: ${outcome.status}`),
      detail: 'The stream ends here, because its balance can no longer be held.',
    }
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

/** What is held is the stream's own: waiting for it does not help, so the balance is what is free. */
function ownAside(short: Insufficient): Insufficient {
  return { ...short, reserved: false, shortfalls: short.shortfalls.map((shortfall) => ({ ...shortfall, held: 0n })) }
}

/** The refusal of a slice, as the end of a stream: waiting does not bring it back. */
function exhausted({ retryAfterSeconds: _noRetry, ...cause }: Denial): Denial {
  return {
    ...cause,
    code: 'stream_funds_exhausted',
    detail: `The stream ends here: ${cause.detail}`,
    also: [cause.code, ...(cause.also ?? [])],
    retryable: false,
  }
}

function endless(limit: number): Denial {
  return {
    code: 'provider_error',
    detail: `The provider went on far beyond the output limit of ${limit} tokens; the stream ends here.`,
    operatorDetail: `more than ${LIMIT_TOLERANCE} times the output limit was streamed`,
  }
}

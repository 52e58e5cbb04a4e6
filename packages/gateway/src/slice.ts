import type { Denial } from '@faregate/core'
import type { HoldOp, Outcome } from '@faregate/ledger'
import { amountOf, type Measure } from '@faregate/pricing'
import type { GatewayDeps } from './deps.ts'
import type { Flow } from './flow.ts'
import { insufficientFunds, type Insufficient } from './funds.ts'
import { ledgerUnavailable } from './ledger-unavailable.ts'
import { furtherLeg } from './plans/under-offer.ts'
import { inDebt, type Held } from './reserve.ts'

/** A request whose answer is held slice by slice (M13). */
export interface Slicing {
  deps: GatewayDeps
  flow: Flow
  reservation: Held
  /** The end user whom it names. */
  user: string | null
  /** Whoever is refused can ask again: what other requests hold may be free then. */
  canWait?: true
}

/** What a further slice holds: so many steps of a measure, and what is owed by now (M23). */
export interface Wanted extends Pick<HoldOp, 'mark' | 'counts' | 'steps'> {
  perStep: Measure['perStep']
}

/** The next hold of a request, as it is handed to the ledger. */
export function sliceOf({ deps, flow, reservation }: Slicing, { perStep, ...wanted }: Wanted): HoldOp {
  const { plan, slices } = reservation
  return {
    type: 'hold',
    id: `${flow.id}.${slices}`,
    request: flow.id,
    slice: slices,
    instance: deps.instance.epoch,
    legs: plan.legs.map(furtherLeg),
    measure: { fixed: 0n, perStep },
    memo: '{}',
    ...wanted,
  }
}

/** Takes it, durably: how many steps it covers, or why it covers none. Rejects where the database does not decide in time. */
export async function takeSlice(slicing: Slicing, operation: HoldOp): Promise<number | Denial> {
  const { deps, reservation } = slicing
  const outcome = await deps.ledger.submit(operation, { timeoutMs: deps.settings.limits.coverMs })
  if (outcome.status !== 'ok' && outcome.status !== 'exists') return refusalOf(slicing, operation, outcome)
  const steps = outcome.steps ?? operation.steps.max
  reservation.slices += 1
  reservation.held += amountOf(operation.measure, steps)
  return steps
}

function refusalOf({ deps, flow, reservation, user, canWait }: Slicing, { legs }: HoldOp, outcome: Outcome): Denial {
  const short = outcome.status === 'in_debt' ? inDebt(reservation.plan, outcome) : outcome
  if (short.status === 'insufficient' && flow.key !== undefined)
    return insufficientFunds(
      { settings: deps.settings, key: flow.key, legs, user, plan: flow.plan },
      ownAside(short, canWait === true ? reservation.held : undefined),
    )
  return {
    ...ledgerUnavailable(`slice refused: ${outcome.status}`),
    detail: 'The answer ends here, because its balance can no longer be held.',
  }
}

/** What is held is the answer's own: waiting for it does not help, so the balance is what is free; and what others hold, beyond `own`. */
function ownAside(short: Insufficient, own: bigint | undefined): Insufficient {
  const shortfalls = short.shortfalls.map((shortfall) => {
    const others = own === undefined || shortfall.held < own ? 0n : shortfall.held - own
    return { ...shortfall, held: others }
  })
  const reserved = shortfalls.every(({ required, available, held }) => required <= available + held)
  return { ...short, reserved, steps: 0, shortfalls }
}

/** Why no slice was taken, as the end of an answer that has begun: waiting does not bring it back. `what`: `stream`, `answer`. */
export function endedBy(what: string, refusal: Denial): Denial {
  if (refusal.code === 'ledger_unavailable') return refusal
  const { retryAfterSeconds: _noRetry, ...cause } = refusal
  return {
    ...cause,
    code: 'stream_funds_exhausted',
    detail: `The ${what} ends here: ${cause.detail}`,
    also: [cause.code, ...(cause.also ?? [])],
    retryable: false,
  }
}

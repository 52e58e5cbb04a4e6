import type { Buckets, Denial, Nano } from '@faregate/core'
import { LedgerUnavailable, type Outcome, type SettleOp } from '@faregate/ledger'
import { charge } from '@faregate/pricing'
import { absurd, type UsageReading } from '@faregate/wire'
import type { Delivery } from './deliver/context.ts'
import { elapsed, note, type Flow } from './flow.ts'
import type { Candidate } from './locate.ts'
import { ledgerUnavailable, type Reservation } from './reserve.ts'
import type { Late } from './unsettled.ts'

/** What an answer consumed, by the provider's word or, failing that, by our own count. */
export interface Consumption {
  buckets: Buckets
  /** Counted by us: never charged above the hold (M21). */
  estimated: boolean
}

/**
 * The provider's usage if it can be believed, else our own count of what was delivered. Usage that is missing,
 * contradictory or absurd counts as missing and is flagged (M22).
 */
export async function consumed(
  flow: Flow,
  reservation: Reservation,
  usage: UsageReading,
  count: () => Promise<Buckets>,
): Promise<Consumption> {
  const { bound } = reservation.plan
  if (!usage.ok) {
    flow.flags.push(`usage_${usage.reason}`)
    return { buckets: await count(), estimated: true }
  }
  if (absurd(usage.buckets, { input: bound.inputTokens, output: reservation.limit * bound.n })) {
    flow.flags.push('usage_absurd')
    return { buckets: await count(), estimated: true }
  }
  return { buckets: usage.buckets, estimated: false }
}

/** What is owed for a consumption; an estimate is never above the hold. */
export function costOf(flow: Flow, candidate: Candidate, reservation: Reservation, { buckets, estimated }: Consumption): Nano {
  const priced = charge(buckets, candidate.price)
  if (!priced.ok) {
    flow.flags.push(`price_missing_${priced.missing}`)
    return reservation.held
  }
  return estimated && priced.amount > reservation.held ? reservation.held : priced.amount
}

/**
 * Resolves the request's holds, durably: posts the cost, returns the rest. A refusal means that it is not known
 * to be durable, and that the last byte must be withheld; what is unresolved is sent again under the same id:
 * as it is where something was delivered, as a void where nothing was.
 */
export async function settle(
  { deps, unsettled, flow, reservation }: Delivery,
  cost: Nano,
  memo: Record<string, unknown>,
  late: Late,
): Promise<Denial | undefined> {
  const operation: SettleOp = {
    type: 'settle',
    request: flow.id,
    slices: reservation.slices,
    cost,
    instance: deps.instance.epoch,
    memo: JSON.stringify({ ...memo, flags: flow.flags, latencyMs: elapsed(flow), ttftMs: flow.ttftMs }),
  }
  try {
    return applied(flow, cost, await deps.ledger.submit(operation, { timeoutMs: deps.settings.limits.settleMs }))
  } catch (error) {
    if (!(error instanceof LedgerUnavailable)) throw error
    unsettled.add(operation, late)
    flow.flags.push('settled_late')
    flow.cost = late === 'void' ? 0n : cost
    return ledgerUnavailable(error)
  }
}

/** Returns everything that is held; nothing was served. */
export async function release(delivery: Delivery): Promise<void> {
  const refusal = await settle(delivery, 0n, {}, 'void')
  note(delivery.flow, 'settle', refusal === undefined ? 'ok' : 'denied', { voided: delivery.reservation.slices })
}

function applied(flow: Flow, cost: Nano, outcome: Outcome): Denial | undefined {
  if (outcome.status !== 'ok' && outcome.status !== 'exists') {
    return { ...ledgerUnavailable(`settle: ${outcome.status}`), detail: 'This answer was resolved by another instance; it ends here.' }
  }
  const charged = outcome.settlement === undefined ? cost : outcome.settlement.posted + outcome.settlement.excess
  if (outcome.settlement !== undefined && outcome.settlement.excess > 0n) flow.flags.push('excess')
  if (outcome.settlement !== undefined && outcome.settlement.absorbed > 0n) flow.flags.push('absorbed')
  flow.cost = charged
  return undefined
}

import { BUCKETS, UNIT_BUCKETS, type Bucket, type Buckets, type Denial, type Nano, type UnitBucket } from '@faregate/core'
import { LedgerUnavailable, type Outcome, type SettleOp } from '@faregate/ledger'
import { charge, isPriced, type PriceTable } from '@faregate/pricing'
import { absurd, MISSING_USAGE, type ModelRequest, type UsageReading } from '@faregate/wire'
import type { Delivery } from './deliver/context.ts'
import { elapsed, type Flow } from './flow.ts'
import type { Candidate } from './locate.ts'
import { usedTokens } from './limits/used-tokens.ts'
import { countsOf } from './plans/counts.ts'
import type { Reservation } from './reserve.ts'
import { ledgerUnavailable } from './ledger-unavailable.ts'
import type { Late } from './unsettled.ts'

/** What an answer consumed, by the provider's word or, failing that, by our own count. */
export interface Consumption {
  buckets: Buckets
  /** Counted by us: never charged above the hold (M21). */
  estimated: boolean
}

/**
 * The provider's usage if it can be believed, else our own count of what was delivered. Usage that is missing,
 * contradictory or absurd counts as missing and is flagged (M22), and so does usage in other units than those of the price.
 */
export async function consumed(
  { flow, request, reservation }: Pick<Delivery, 'flow' | 'request' | 'reservation'>,
  { price }: Candidate,
  usage: UsageReading,
  count: () => Promise<Buckets>,
): Promise<Consumption> {
  const fault = usage.ok ? faultOf(usage.buckets, reservation) : usage.reason
  if (!usage.ok || fault !== undefined || !tellsPriced(usage.buckets, price, request)) {
    if (request.countedHere !== true || fault !== 'missing') flow.flags.push(`usage_${fault ?? 'missing'}`)
    return { buckets: await count(), estimated: true }
  }
  return request.pricedBy === undefined ? { buckets: usage.buckets, estimated: false } : withUnits(usage.buckets, price, request)
}

/** Vendors bill the shortest sound as several seconds, and search as often as they think fit where nobody bounds it. */
const BEYOND_BOUND: Partial<Record<UnitBucket, number>> = { second: 60, search: 1_000, request: Infinity }

/** More than four times what the request could cause, in tokens or in units (M22). */
function faultOf(buckets: Buckets, { plan: { bound }, limit }: Reservation): 'absurd' | undefined {
  const { units = {} } = bound
  const inUnits = UNIT_BUCKETS.some((unit) => (buckets[unit] ?? 0) > 4 * (units[unit] ?? 0) + (BEYOND_BOUND[unit] ?? 0))
  return inUnits || absurd(buckets, { input: bound.inputTokens, output: limit * bound.n }) ? 'absurd' : undefined
}

/** Usage in tokens is none for a call that is billed by the second, and the reverse. */
function tellsPriced(buckets: Buckets, price: PriceTable, { pricedBy }: ModelRequest): boolean {
  const priced = pricedBy?.filter((bucket) => isPriced(price, bucket))
  return priced === undefined || priced.some((bucket) => buckets[bucket] !== undefined || isExact(bucket))
}

/** What a whole answer tells that tells nothing: enough, where only what the caller sent is priced. */
export function untoldUsage({ rates }: PriceTable): UsageReading {
  const exact = BUCKETS.every((bucket) => rates[bucket] === undefined || bucket === 'request' || isExact(bucket))
  return exact ? { ok: true, buckets: {} } : MISSING_USAGE
}

/** Units that are known beforehand, where the provider told the others only. Those that are bounds make it an estimate. */
function withUnits(told: Buckets, { rates }: PriceTable, { units = {} }: ModelRequest): Consumption {
  const untold = UNIT_BUCKETS.filter((bucket) => told[bucket] === undefined && units[bucket] !== undefined && rates[bucket] !== undefined)
  const buckets = { ...told }
  for (const bucket of untold) buckets[bucket] = units[bucket] ?? 0
  return { buckets, estimated: !untold.every(isExact) }
}

/** The caller sent the characters: they are what they are. */
function isExact(bucket: Bucket): boolean {
  return bucket === 'character'
}

/** What is owed for a consumption; an estimate is never above the hold. */
export function costOf(flow: Flow, candidate: Candidate, reservation: Reservation, { buckets, estimated }: Consumption): Nano {
  const priced = charge(buckets, candidate.price, flow.request?.pricedBy)
  if (!priced.ok) {
    flow.flags.push(`price_missing_${priced.missing}`)
    return reservation.held
  }
  return estimated && priced.amount > reservation.held ? reservation.held : priced.amount
}

/** A request whose holds are to be resolved. */
export type Settling = Pick<Delivery, 'deps' | 'unsettled' | 'flow'> & {
  reservation: Pick<Reservation, 'plan' | 'slices'>
  /** Its answer is paid for and goes on: it keeps its places among the limits. */
  goesOn?: boolean
}

/**
 * Resolves the request's holds, durably: posts the cost, and what was used on quotas (`buckets`), returns the rest. A refusal means that it is not known
 * to be durable, and that the last byte must be withheld; what is unresolved is sent again under the same id:
 * as it is where something was delivered, as a void where nothing was.
 */
export async function settle(
  { deps, unsettled, flow, reservation, goesOn = false }: Settling,
  cost: Nano,
  memo: Record<string, unknown>,
  late: Late,
  buckets?: Buckets,
): Promise<Denial | undefined> {
  // Before the last byte: whoever has the answer may send the next request at once.
  if (!goesOn) flow.admission?.end(usedTokens(flow))
  const operation: SettleOp = {
    type: 'settle',
    request: flow.id,
    slices: reservation.slices,
    cost,
    ...(buckets === undefined ? {} : countsOf(reservation.plan.legs, buckets)),
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
    flow.step = 'settle'
    return ledgerUnavailable(error)
  }
}

/** Returns everything that is held; nothing was served. */
export async function release(delivery: Settling): Promise<void> {
  const { flow } = delivery
  const { step } = flow
  flow.released = (await settle(delivery, 0n, {}, 'void'))?.code ?? 'ok'
  flow.step = step
}

function applied(flow: Flow, cost: Nano, outcome: Outcome): Denial | undefined {
  if (outcome.status !== 'ok' && outcome.status !== 'exists') {
    if (outcome.status === 'already_posted') flow.cost = outcome.amount
    flow.step = 'settle'
    return { ...ledgerUnavailable(`settle: ${outcome.status}`), detail: 'This answer was resolved by another instance; it ends here.' }
  }
  const charged = outcome.settlement === undefined ? cost : outcome.settlement.posted + outcome.settlement.excess
  if (outcome.settlement !== undefined && outcome.settlement.excess > 0n) flow.flags.push('excess')
  if (outcome.settlement !== undefined && outcome.settlement.absorbed > 0n) flow.flags.push('absorbed')
  flow.cost = charged
  return undefined
}

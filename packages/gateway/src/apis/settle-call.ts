import type { Buckets, CallMeasured, Denial } from '@faregate/core'
import { scaledAmount } from '@faregate/pricing'
import { release, settle } from '../settle.ts'
import type { Late } from '../unsettled.ts'
import type { CachedCall } from './cache/cached-call.ts'
import type { ApiDelivery } from './delivery.ts'
import { bodyLength } from './forward.ts'

type Headers = Record<string, string | string[] | undefined>

/** Returns the hold: nothing is owed. */
export async function voidCall(delivery: ApiDelivery): Promise<void> {
  delivery.meter?.cover.stop()
  if (delivery.reservation !== undefined) await release({ ...delivery, reservation: delivery.reservation })
}

/** What an answer that is passed on will have been charged, nano-units; undefined: that is not known yet. */
export function foreseen({ target, reservation, meter, cached, flow }: ApiDelivery, status: number, headers: Headers): bigint | undefined {
  if (reservation === undefined || !target.route.charges(status)) return 0n
  const cost = meter === undefined ? reservation.cost : meter.foreseen(bodyLength(flow.inbound.method, status, headers))
  return cost === undefined ? undefined : lessCached(cached, cost)
}

/** Posts the price, or returns the hold where such an answer is not charged. A refusal: it is not known to be durable. */
export async function settleCall(
  delivery: ApiDelivery,
  status: number,
  late: Late,
  { measured, goesOn }: { measured?: CallMeasured | undefined; goesOn?: boolean } = {},
): Promise<Denial | undefined> {
  const { reservation, target, meter, cached, flow } = delivery
  if (cached !== undefined) flow.measured = { cache: cached.result }
  if (reservation === undefined) return undefined
  if (!target.route.charges(status)) return resolve(delivery, 0n, 'void', {})
  const cost = meter === undefined || measured === undefined ? reservation.cost : meter.cost(measured)
  return resolve(delivery, lessCached(cached, cost), late, { measured, buckets: ONE_CALL, goesOn })
}

/** What counts on quotas. */
export const ONE_CALL: Buckets = { request: 1 }

/** Posts what is owed. `measured`: what it was reckoned from; `buckets`: what counts on quotas; `goesOn`: the answer does. */
export async function resolve(
  delivery: ApiDelivery,
  cost: bigint,
  late: Late,
  { measured, buckets, goesOn = false }: { measured?: CallMeasured | undefined; buckets?: Buckets; goesOn?: boolean | undefined },
): Promise<Denial | undefined> {
  const { reservation, flow, meter } = delivery
  if (reservation === undefined) return undefined
  meter?.cover.stop()
  if (measured !== undefined) flow.measured = { ...flow.measured, ...measured }
  const memo = { ...versionOf(delivery), attempts: flow.attempts, ...(flow.measured === undefined ? {} : { measured: flow.measured }) }
  return settle({ ...delivery, reservation, goesOn }, cost, memo, late, buckets)
}

/** What an answer costs that the upstream was not asked for, rounded up. */
function lessCached(cached: CachedCall | undefined, cost: bigint): bigint {
  const factor = cached?.priceFactor
  return factor === undefined ? cost : scaledAmount(cost, factor)
}

function versionOf({ reservation, cached }: ApiDelivery): { priceVersion?: string } {
  if (reservation === undefined) return {}
  const factor = cached?.priceFactor
  return { priceVersion: `${reservation.priceVersion}${factor === undefined ? '' : `*cached:${factor}`}` }
}

/** How a call ended, for its record. */
export function ending(delivery: ApiDelivery, status: number) {
  return { status, ...versionOf(delivery) }
}

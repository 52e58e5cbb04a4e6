import { recoverySettle } from '@faregate/ledger/recovery'
import type { SettleOp } from '@faregate/ledger/types'
import type { Entry } from '@faregate/ledger/working-set'

/** A hold whose request has no settle. */
export interface OpenHold {
  request: string
  id: string
  terms: string
}

/** Every open hold there is; a walk over the whole ledger. */
export const OPEN_HOLDS = openHolds('')

/** Open holds of one instance, from its low-water mark up to the last entry that it can have written. */
export const openHoldsOf = (epoch: string, lowWater: string, last: string): string =>
  openHolds(`AND h.seq BETWEEN ${lowWater} AND ${last} AND h.instance = ${epoch}`)

function openHolds(condition: string): string {
  return (
    `SELECT h.request, h.id, h.terms FROM entries h WHERE h.kind = 'hold' ${condition} ` +
    `AND NOT EXISTS (SELECT 1 FROM entries s WHERE s.id = h.request || '.settle') ORDER BY h.seq`
  )
}

/** One settle for each request among open holds, up to its last durable mark. `instance` is the one that recovers. */
export function settlementsOf(holds: readonly OpenHold[], instance: number): SettleOp[] {
  const requests = new Map<string, Pick<Entry, 'id' | 'terms'>[]>()
  for (const { request, id, terms } of holds) {
    const hold = { id, terms: JSON.parse(terms) as Entry['terms'] }
    const others = requests.get(request)
    if (others === undefined) requests.set(request, [hold])
    else others.push(hold)
  }
  return [...requests].map(([request, entries]) => recoverySettle(request, entries, instance))
}

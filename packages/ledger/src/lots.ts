import type { Millis, Nano } from '@faregate/core'
import type { Lot } from './working-set.ts'

/** Spending order (M7): priority, then expiry with none last, then sequence. */
export function byLotOrder(a: Lot, b: Lot): number {
  if (a.priority !== b.priority) return a.priority - b.priority
  if (a.expiresAt !== b.expiresAt) {
    if (a.expiresAt === null) return 1
    if (b.expiresAt === null) return -1
    return a.expiresAt - b.expiresAt
  }
  return a.seq < b.seq ? -1 : a.seq > b.seq ? 1 : 0
}

/** What of a lot is neither spent, held, expired nor taken back. */
export function freeOf(lot: Lot): Nano {
  return lot.granted - lot.posted - lot.held - lot.expired - lot.reversed
}

/** `expiresAt ≤ now` gives nothing to a new hold (M7). */
export function isExpired(lot: Lot, now: Millis): boolean {
  return lot.expiresAt !== null && lot.expiresAt <= now
}

/** What is held of lots that have expired meanwhile: it does not come back (M7). */
export function lapsedOf(lots: readonly Lot[] | undefined, now: Millis): Nano {
  let sum = 0n
  for (const lot of lots ?? []) if (isExpired(lot, now)) sum += lot.held
  return sum
}

/** Up to `amount` out of what is free, in spending order: [lot, amount]. What the lots lack is left out. */
export function takeFree(lots: readonly Lot[] | undefined, amount: Nano, now: Millis): [string, Nano][] {
  const taken: [string, Nano][] = []
  let rest = amount
  for (const lot of lots ?? []) {
    if (rest === 0n) break
    const free = freeOf(lot)
    if (free <= 0n || isExpired(lot, now)) continue
    const part = free < rest ? free : rest
    taken.push([lot.id, part])
    rest -= part
  }
  return taken
}

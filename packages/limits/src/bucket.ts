import { LIMIT_WINDOWS, type LimitWindow, type RateTerms } from '@faregate/core'

/**
 * A token bucket in whole numbers. Units are counted in millionths, and a window has a million ticks: so `amount`
 * millionths flow in with each tick, whatever the window, and nothing is ever rounded. The bucket holds `burst` units
 * and most of the next: who comes a moment late loses nothing, and more than `burst` it never gives at once. Where rate · T
 * is whole, it gives at most that and `burst` in any time T.
 */
export const MILLION = 1_000_000

/** So much of the next unit is held beside the burst. */
const NEXT = 900_000

/** What is in a bucket, in millionths, as of a tick. */
export interface Level {
  level: number
  tick: number
}

/** Microseconds of a tick: a millionth of the window. */
export function tickMicros(per: LimitWindow): number {
  return LIMIT_WINDOWS[per]
}

export function tickAt(per: LimitWindow, millis: number): number {
  return Math.floor((millis * 1_000) / tickMicros(per))
}

export function burstOf({ burst, amount }: RateTerms): number {
  return burst ?? amount
}

/** The most that a bucket holds, in millionths. */
export function capacityOf(terms: RateTerms): number {
  return burstOf(terms) * MILLION + NEXT
}

/** What is in the bucket now. A clock that went back gives nothing and takes nothing. */
export function levelAt({ level, tick }: Level, terms: RateTerms, now: number): number {
  return Math.min(capacityOf(terms), level + Math.max(0, now - tick) * terms.amount)
}

/**
 * What must be in the bucket, in millionths. What is larger than the bucket is let through when that is full, and
 * leaves it in debt: waiting helps whoever asks, and the rate holds over time.
 */
export function neededOf(terms: RateTerms, cost: number): number {
  return Math.min(cost, burstOf(terms)) * MILLION
}

/** Milliseconds until so much is in the bucket; 0 where it is. */
export function waitMillis(terms: RateTerms, level: number, needed: number): number {
  if (level >= needed) return 0
  return Math.ceil((Math.ceil((needed - level) / terms.amount) * tickMicros(terms.per)) / 1_000)
}

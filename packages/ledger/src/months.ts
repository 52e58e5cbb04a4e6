import type { Millis } from '@faregate/core'

/**
 * The same day and time some months later, in UTC; in a shorter month its last day. Always counted from the anchor, so that the
 * day comes back: 31 January, 28 or 29 February, 31 March.
 */
export function addMonths(anchor: Millis, months: number): Millis {
  const date = new Date(anchor)
  const day = date.getUTCDate()
  const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1)
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months + 1, 0)).getUTCDate()
  const timeOfDay = anchor - Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day)
  return first + (Math.min(day, last) - 1) * 86_400_000 + timeOfDay
}

/** How many whole months have passed since the anchor; negative before it. */
export function monthsBetween(anchor: Millis, now: Millis): number {
  const [from, to] = [new Date(anchor), new Date(now)]
  const months = (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth()
  return addMonths(anchor, months) <= now ? months : months - 1
}

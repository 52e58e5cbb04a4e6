import type { Millis } from '@faregate/core'
import { addMonths, monthsBetween } from './months.ts'
import type { Span } from './period.ts'
import type { Period, Repeating } from './types.ts'

const SHAPE = /^R\/(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\/P(\d{1,4})M$/

/** The period that begins at an anchor and every so many months after it. */
export function repeating(anchor: Millis, months: number): Repeating {
  return `R/${new Date(anchor).toISOString()}/P${months}M`
}

export function isRepeating(period: Period | Repeating): period is Repeating {
  return period.startsWith('R/')
}

/** The stretch that `now` falls in, named after its beginning. Throws a RangeError for what is no such period. */
export function repeatingSpan(period: Repeating, now: Millis): Span {
  const [, anchorText = '', monthsText] = SHAPE.exec(period) ?? []
  const anchor = Date.parse(anchorText)
  const months = Number(monthsText)
  if (!Number.isFinite(anchor) || !(months > 0)) throw new RangeError(`${period} is not a period`)
  const begun = Math.floor(monthsBetween(anchor, now) / months) * months
  const from = addMonths(anchor, begun)
  return { start: new Date(from).toISOString(), from, until: addMonths(anchor, begun + months) }
}

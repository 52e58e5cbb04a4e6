import type { Millis } from '@faregate/core'
import type { PriceTable, Rates } from './types.ts'

/** One of a model's prices, and when it holds. */
export interface ScheduledPrice {
  /** Absent: whenever no later entry holds. */
  when?: When
  /** As {@link PriceTable.version}. */
  version: string
  /** Absent: at these times the model has no price by the token. */
  rates?: Rates
}

/** From a moment on, or every day between two seconds of the day in UTC (`to` excluded; past midnight where it is the smaller). */
export type When = { from: Millis } | { daily: { from: number; to: number } }

/** All prices of a model, now and as they are announced. Of the entries that hold at a time, the last one counts; the first, where none does. */
export type PriceSchedule = readonly ScheduledPrice[]

const DAY_S = 86_400

/** The prices that hold at a time; `undefined` where there are none by the token. */
export function priceAt(schedule: PriceSchedule, at: Millis): PriceTable | undefined {
  const entry = schedule.findLast(({ when }) => holds(when, at)) ?? schedule[0]
  return entry?.rates === undefined ? undefined : { version: entry.version, rates: entry.rates }
}

function holds(when: When | undefined, at: Millis): boolean {
  if (when === undefined) return true
  if ('from' in when) return at >= when.from
  const { from, to } = when.daily
  const second = (at / 1000) % DAY_S
  return to < from ? second >= from || second < to : second >= from && second < to
}

/** Every moment from `now` on, of one day and of each day on which a price begins, at which one of these schedules can change. */
export function turningPoints(schedules: readonly PriceSchedule[], now: Millis): Millis[] {
  const begins = new Set([now])
  const seconds = new Set<number>()
  for (const { when } of schedules.flat()) {
    if (when === undefined) continue
    if ('daily' in when) seconds.add(when.daily.from).add(when.daily.to)
    else if (when.from > now) begins.add(when.from)
  }
  const points = new Set(begins)
  for (const begin of begins) for (const second of seconds) points.add(nextAt(begin, second))
  return [...points].toSorted((a, b) => a - b)
}

/** The first moment from `begin` on that is this second of a day. */
function nextAt(begin: Millis, second: number): Millis {
  const day = DAY_S * 1000
  const today = Math.floor(begin / day) * day + second * 1000
  return today < begin ? today + day : today
}

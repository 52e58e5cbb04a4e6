import type { Millis } from '@faregate/core'
import { isRepeating, repeatingSpan } from './repeating.ts'
import type { Period, Repeating } from './types.ts'

/** One stretch of a period: `[from, until)`, and the name that account ids carry. */
export interface Span {
  /** `2026-11-22`, `2026-W47`, `2026-11`, `total`, or an instant: no two kinds of period share a name. */
  start: string
  from: Millis
  /** Null: never ends. */
  until: Millis | null
}

interface CivilDate {
  year: number
  month: number
  day: number
}

const DAY_MS = 86_400_000
/** No zone is further than this from UTC. */
const MAX_OFFSET_MS = 16 * 3_600_000
const REMEMBERED = 10_000
const TOTAL: Span = { start: 'total', from: Number.NEGATIVE_INFINITY, until: null }

const spans = new Map<string, Span>()
const formats = new Map<string, Intl.DateTimeFormat>()

/**
 * The period that `now` falls in: days from 00:00, ISO weeks from Monday, months from the 1st, in an IANA
 * zone, whatever daylight saving does to midnight (M8); what repeats from an anchor does so in UTC. Throws a RangeError for
 * a zone that does not exist, or a period that cannot be read.
 */
export function spanOf(period: Period | Repeating, zone: string, now: Millis): Span {
  if (period === 'total') return TOTAL
  const key = `${period}|${zone}`
  const known = spans.get(key)
  if (known !== undefined && now >= known.from && (known.until === null || now < known.until)) return known
  const span = isRepeating(period) ? repeatingSpan(period, now) : computeSpan(period, zone, now)
  if (spans.size >= REMEMBERED) spans.clear()
  spans.set(key, span)
  return span
}

function computeSpan(period: Exclude<Period, 'total'>, zone: string, now: Millis): Span {
  let first = firstDay(period, dateAt(zone, now))
  let until = startOf(zone, next(period, first))
  // Where clocks go back over midnight, a date comes twice: the second time it belongs to the period that began.
  if (now >= until) {
    first = next(period, first)
    until = startOf(zone, next(period, first))
  }
  return { start: nameOf(period, first), from: startOf(zone, first), until }
}

function firstDay(period: Exclude<Period, 'total'>, date: CivilDate): CivilDate {
  if (period === 'day') return date
  if (period === 'month') return { ...date, day: 1 }
  return addDays(date, -((weekday(date) + 6) % 7))
}

function next(period: Exclude<Period, 'total'>, first: CivilDate): CivilDate {
  if (period === 'day') return addDays(first, 1)
  if (period === 'week') return addDays(first, 7)
  return first.month === 12 ? { year: first.year + 1, month: 1, day: 1 } : { year: first.year, month: first.month + 1, day: 1 }
}

function nameOf(period: Exclude<Period, 'total'>, first: CivilDate): string {
  if (period === 'week') return weekName(first)
  const month = `${first.year}-${twoDigits(first.month)}`
  return period === 'month' ? month : `${month}-${twoDigits(first.day)}`
}

/** ISO 8601: a week belongs to the year of its Thursday. */
function weekName(monday: CivilDate): string {
  const thursday = addDays(monday, 3)
  const days = (utc(thursday) - Date.UTC(thursday.year, 0, 1)) / DAY_MS
  return `${thursday.year}-W${twoDigits(Math.floor(days / 7) + 1)}`
}

/** The first instant of a date in a zone: not always 00:00, which daylight saving may skip. */
function startOf(zone: string, date: CivilDate): Millis {
  const target = utc(date)
  if (zone === 'UTC') return target
  let before = target - MAX_OFFSET_MS
  let after = target + MAX_OFFSET_MS
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (utc(dateAt(zone, middle)) >= target) after = middle
    else before = middle
  }
  return after
}

function dateAt(zone: string, instant: Millis): CivilDate {
  if (zone === 'UTC') return dateOf(instant)
  const parts = formatOf(zone).formatToParts(instant)
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value)
  return { year: part('year'), month: part('month'), day: part('day') }
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  })
  formats.set(zone, format)
  return format
}

function dateOf(instant: Millis): CivilDate {
  const date = new Date(instant)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

function addDays(date: CivilDate, days: number): CivilDate {
  return dateOf(utc(date) + days * DAY_MS)
}

function weekday(date: CivilDate): number {
  return new Date(utc(date)).getUTCDay()
}

function utc(date: CivilDate): Millis {
  return Date.UTC(date.year, date.month - 1, date.day)
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}

import type { ConditionalPrice, ModelPrice } from '@pydantic/genai-prices'
import { ratesOf } from './catalogue-table.ts'
import type { PriceSchedule, ScheduledPrice, When } from './schedule.ts'

/**
 * All of a model's prices as a schedule, whose entries count as in the package: the last one that holds. Each is called
 * by `base` and its condition. `undefined` where none of them is by the token, or a condition is one that nobody knows here.
 */
export function scheduleOf(prices: ConditionalPrice[] | ModelPrice, base: string): PriceSchedule | undefined {
  const schedule: ScheduledPrice[] = []
  for (const { constraint, prices: own } of Array.isArray(prices) ? prices : [{ prices }]) {
    const condition = constraint === undefined ? undefined : conditionOf(constraint)
    if (constraint !== undefined && condition === undefined) return undefined
    const rates = ratesOf(own)
    schedule.push({ version: base + (condition?.name ?? ''), ...(condition && { when: condition.when }), ...(rates && { rates }) })
  }
  return schedule.some(({ rates }) => rates !== undefined) ? schedule : undefined
}

type Constraint = NonNullable<ConditionalPrice['constraint']>

/** When a conditional price holds, and what its version says of that: the day it began, or the hours of the day. */
function conditionOf(constraint: Constraint): { name: string; when: When } | undefined {
  if (constraint.type === 'start_date') {
    const from = Date.parse(constraint.start_date)
    return Number.isNaN(from) ? undefined : { name: `/from-${constraint.start_date}`, when: { from } }
  }
  const [from, to] = [secondOfDay(constraint.start_time), secondOfDay(constraint.end_time)]
  if (from === undefined || to === undefined) return undefined
  return { name: `/${constraint.start_time}-${constraint.end_time}`, when: { daily: { from, to } } }
}

/** `16:30:00Z`, or with an offset, as a second of the day in UTC. */
function secondOfDay(text: string): number | undefined {
  const match = /^(\d{2}):(\d{2}):(\d{2})(?:Z|([+-])(\d{2}):(\d{2}))$/.exec(text)
  if (match === null) return undefined
  const [, hours, minutes, seconds, sign, offsetHours = '0', offsetMinutes = '0'] = match
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60
  const local = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)
  return (local - (sign === '-' ? -offset : offset) + 86_400) % 86_400
}

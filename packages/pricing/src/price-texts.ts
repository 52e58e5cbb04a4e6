import { formatAmount, type Millis } from '@faregate/core'
import { priceAt, type PriceSchedule } from './schedule.ts'
import type { PriceTable } from './types.ts'

/** A table's base rates as decimal strings by bucket, as prices are written: per million units. */
export function priceTexts(table: PriceTable): Record<string, string> {
  return Object.fromEntries(Object.entries(table.rates).map(([bucket, { base }]) => [bucket, formatAmount(base)]))
}

/** What a schedule says at a time, for people. */
export function shownAt(schedule: PriceSchedule, at: Millis): { version: string; price: Record<string, string> } {
  const table = priceAt(schedule, at)
  return { version: table?.version ?? schedule[0]?.version ?? '', price: table === undefined ? {} : priceTexts(table) }
}

import { createHash } from 'node:crypto'
import { BUCKETS, type Bucket } from '@faregate/core'
import type { PriceSchedule, ScheduledPrice, When } from './schedule.ts'
import type { Rates, TieredRate } from './types.ts'

/** Rates as JSON carries them: whole nano-units per million, as decimal text. */
type RatesText = Partial<Record<Bucket, { base: string; tiers: { from: number; rate: string }[] }>>

interface EntryText {
  when?: When
  version: string
  rates?: RatesText
}

/** A schedule as JSON, always the same text for the same prices. */
export function scheduleText(schedule: PriceSchedule): string {
  return JSON.stringify(schedule.map(entryText))
}

/** Reads what {@link scheduleText} wrote; throws for anything else. */
export function parseSchedule(text: string): PriceSchedule {
  return (JSON.parse(text) as EntryText[]).map(({ when, version, rates }) => ({
    ...(when === undefined ? {} : { when }),
    version,
    ...(rates === undefined ? {} : { rates: ratesOf(rates) }),
  }))
}

/** Names the prices of a schedule and when they hold, whatever their versions are called. */
export function scheduleFingerprint(schedule: PriceSchedule): string {
  const prices = schedule.map((entry) => ({ ...entryText(entry), version: '' }))
  return createHash('sha256').update(JSON.stringify(prices)).digest('hex').slice(0, 32)
}

function entryText({ when, version, rates }: ScheduledPrice): EntryText {
  return { ...(when === undefined ? {} : { when }), version, ...(rates === undefined ? {} : { rates: ratesText(rates) }) }
}

function ratesText(rates: Rates): RatesText {
  const texts: RatesText = {}
  for (const bucket of BUCKETS) {
    const rate = rates[bucket]
    if (rate === undefined) continue
    texts[bucket] = { base: String(rate.base), tiers: rate.tiers.map(({ from, rate: tier }) => ({ from, rate: String(tier) })) }
  }
  return texts
}

function ratesOf(texts: RatesText): Rates {
  const rates: Rates = {}
  for (const bucket of BUCKETS) {
    const text = texts[bucket]
    if (text !== undefined) rates[bucket] = rateOf(text)
  }
  return rates
}

function rateOf({ base, tiers }: { base: string; tiers: { from: number; rate: string }[] }): TieredRate {
  return { base: BigInt(base), tiers: tiers.map(({ from, rate }) => ({ from, rate: BigInt(rate) })) }
}

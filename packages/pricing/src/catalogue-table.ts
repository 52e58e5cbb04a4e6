import type { ConditionalPrice, ModelPrice } from '@pydantic/genai-prices'
import type { Bucket } from '@faregate/core'
import { nanoOf } from './nano-of.ts'
import type { Rates, TieredRate } from './types.ts'

/** How the package names our buckets. What it prices beyond these (searches, hours, pages) is not metered. */
const TOKEN_PRICES: Partial<Record<string, Bucket>> = {
  input_mtok: 'input',
  cache_read_mtok: 'cacheRead',
  cache_write_mtok: 'cacheWrite',
  cache_write_1h_mtok: 'cacheWrite1h',
  output_mtok: 'output',
  output_reasoning_mtok: 'reasoning',
  input_audio_mtok: 'audioIn',
  output_audio_mtok: 'audioOut',
  input_image_mtok: 'imageIn',
}

/** Per thousand requests, there; per million, here. */
const REQUEST_PRICE = 'requests_kcount'

/**
 * The package's prices of one model as rates. `undefined` where a number is no price, or where
 * nothing is priced by the token (a model billed by the hour or the page): better no price than a wrong one.
 */
export function ratesOf(prices: ModelPrice): Rates | undefined {
  const rates: Rates = {}
  for (const [name, price] of Object.entries(prices)) {
    const bucket = name === REQUEST_PRICE ? 'request' : TOKEN_PRICES[name]
    if (bucket === undefined || price === undefined) continue
    const rate = typeof price === 'number' ? flat(price) : tiered(price)
    if (rate === undefined) return undefined
    rates[bucket] = bucket === 'request' ? perMillion(rate) : rate
  }
  return rates.input === undefined && rates.output === undefined ? undefined : rates
}

/** Which of a model's conditional prices is in force, for the version: the day it began, or the hours of the day. */
export function conditionOf(all: ConditionalPrice[] | ModelPrice, inForce: ModelPrice): string {
  if (!Array.isArray(all)) return ''
  const constraint = all.find(({ prices }) => prices === inForce)?.constraint
  if (constraint === undefined) return ''
  return constraint.type === 'start_date' ? `/from-${constraint.start_date}` : `/${constraint.start_time}-${constraint.end_time}`
}

function flat(price: number): TieredRate | undefined {
  const base = nanoOf(price)
  return base === undefined ? undefined : { base, tiers: [] }
}

function tiered(price: { base: number; tiers: { start: number; price: number }[] }): TieredRate | undefined {
  const base = nanoOf(price.base)
  if (base === undefined) return undefined
  const tiers: TieredRate['tiers'] = []
  for (const tier of price.tiers.toSorted((a, b) => a.start - b.start)) {
    const rate = nanoOf(tier.price)
    if (rate === undefined) return undefined
    // The package's tiers begin beyond `start`, ours at `from`.
    tiers.push({ from: tier.start + 1, rate })
  }
  return { base, tiers }
}

function perMillion({ base, tiers }: TieredRate): TieredRate {
  return { base: base * 1000n, tiers: tiers.map(({ from, rate }) => ({ from, rate: rate * 1000n })) }
}

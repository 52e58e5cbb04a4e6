import type { ModelPrice } from '@pydantic/genai-prices'
import { divideUp, type Bucket } from '@faregate/core'
import { nanoOf } from './nano-of.ts'
import type { Rates, TieredRate } from './types.ts'

/** How the package names our buckets, and what one of its prices is for a million of ours. */
const PRICES: Partial<Record<string, [bucket: Bucket, perMillion: (price: bigint) => bigint]>> = {
  input_mtok: ['input', same],
  cache_read_mtok: ['cacheRead', same],
  cache_write_mtok: ['cacheWrite', same],
  cache_write_1h_mtok: ['cacheWrite1h', same],
  output_mtok: ['output', same],
  output_reasoning_mtok: ['reasoning', same],
  input_audio_mtok: ['audioIn', same],
  output_audio_mtok: ['audioOut', same],
  input_image_mtok: ['imageIn', same],
  output_image_mtok: ['imageOut', same],
  requests_kcount: ['request', perThousand],
  web_searches_kcount: ['search', perThousand],
  input_audio_hours: ['second', perHour],
}

/** Of these a model has one at least; what is priced by nothing but searches or pages is not metered. */
const BASIC: Bucket[] = ['input', 'output', 'second']

/**
 * The package's prices of one model as rates. `undefined` where a number is no price, or where neither tokens nor seconds are
 * priced (a model billed by the page): better no price than a wrong one.
 */
export function ratesOf(prices: ModelPrice): Rates | undefined {
  const rates: Rates = {}
  for (const [name, price] of Object.entries(prices)) {
    const [bucket, perMillion] = PRICES[name] ?? []
    if (bucket === undefined || perMillion === undefined || price === undefined) continue
    const rate = rateOf(price)
    if (rate === undefined) return undefined
    rates[bucket] = scaled(rate, perMillion)
  }
  // Where only images have a price, what else is made has it too.
  if (rates.imageOut !== undefined) rates.output ??= rates.imageOut
  return BASIC.some((bucket) => rates[bucket] !== undefined) ? rates : undefined
}

function rateOf(price: number | { base: number; tiers: { start: number; price: number }[] }): TieredRate | undefined {
  return typeof price === 'number' ? flat(price) : tiered(price)
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

function scaled({ base, tiers }: TieredRate, perMillion: (price: bigint) => bigint): TieredRate {
  return { base: perMillion(base), tiers: tiers.map(({ from, rate }) => ({ from, rate: perMillion(rate) })) }
}

function same(price: bigint): bigint {
  return price
}

function perThousand(price: bigint): bigint {
  return price * 1_000n
}

/** Rounded up to the nano-unit for a million seconds: a millionth of one for a second. */
function perHour(price: bigint): bigint {
  return divideUp(price * 1_000_000n, 3_600n)
}

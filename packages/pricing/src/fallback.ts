import { UNIT_BUCKETS, type Bucket } from '@faregate/core'
import type { PriceTable, Rate, TieredRate } from './types.ts'

/** Which bucket's price stands in for one that has none, nearest first (M15). */
const PARENTS: Record<Bucket, readonly Bucket[]> = {
  input: [],
  cacheRead: ['input'],
  cacheWrite: ['input'],
  cacheWrite1h: ['cacheWrite', 'input'],
  audioIn: ['input'],
  imageIn: ['input'],
  output: [],
  reasoning: ['output'],
  audioOut: ['output'],
  imageOut: ['output'],
  request: [],
  image: [],
  second: [],
  character: [],
  search: [],
}

/** What is no kind of token is free unless a fee is set: most models have none. */
const NO_FEE: TieredRate = { base: 0n, tiers: [] }

const UNITS: ReadonlySet<Bucket> = new Set(UNIT_BUCKETS)

/** The rate of a bucket, its own or its parent's (M15); `undefined` where neither is priced. */
export function rateOf(table: PriceTable, bucket: Bucket): TieredRate | undefined {
  const own = table.rates[bucket]
  if (own !== undefined) return own
  if (UNITS.has(bucket)) return NO_FEE
  const priced = PARENTS[bucket].find((parent) => table.rates[parent] !== undefined)
  return priced === undefined ? undefined : table.rates[priced]
}

/** The rate that holds for a request of this many input tokens. */
export function rateAt(rate: TieredRate, inputTokens: number): Rate {
  return rate.tiers.findLast(({ from }) => inputTokens >= from)?.rate ?? rate.base
}

/** The dearest rate that a request of at most this many input tokens can fall into. */
export function dearestRate(rate: TieredRate, inputTokens: number): Rate {
  let dearest = rate.base
  for (const tier of rate.tiers) {
    if (tier.from <= inputTokens && tier.rate > dearest) dearest = tier.rate
  }
  return dearest
}

import { UNIT_BUCKETS, type Bucket } from '@faregate/core'
import { rateOf } from './fallback.ts'
import type { PriceTable } from './types.ts'

/**
 * Whether a table has one of the prices of which a call needs one (images, or else tokens): then it bills no others. A call
 * without such a choice (`pricedBy` is undefined) needs a price for everything that it uses (M15).
 */
export function pricedOtherwise({ rates }: PriceTable, pricedBy: readonly Bucket[] | undefined): boolean {
  return pricedBy?.some((bucket) => rates[bucket] !== undefined) === true
}

/** Whether a bucket has a price, its own or a parent's: what is no token is free without one of its own. */
export function isPriced(table: PriceTable, bucket: Bucket): boolean {
  const isUnit = UNIT_BUCKETS.some((unit) => unit === bucket)
  return isUnit ? table.rates[bucket] !== undefined : rateOf(table, bucket) !== undefined
}

import type { Bucket } from '@faregate/core'
import type { PriceTable } from './types.ts'

/**
 * Whether a table has one of the prices of which a call needs one (images, or else tokens): then it bills no others. A call
 * without such a choice (`pricedBy` is undefined) needs a price for everything that it uses (M15).
 */
export function pricedOtherwise({ rates }: PriceTable, pricedBy: readonly Bucket[] | undefined): boolean {
  return pricedBy?.some((bucket) => rates[bucket] !== undefined) === true
}

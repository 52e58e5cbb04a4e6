import { formatAmount } from '@faregate/core'
import type { PriceTable } from '@faregate/pricing'

/** A table's base rates as decimal strings by bucket, as prices are written: per million units. */
export function priceTexts(table: PriceTable): Record<string, string> {
  return Object.fromEntries(Object.entries(table.rates).map(([bucket, { base }]) => [bucket, formatAmount(base)]))
}

import { divideUp, NANO_PER_UNIT, parseDecimal } from '@faregate/core'
import type { PriceTable, Rate, Rates } from './types.ts'

/** A table of which every rate is multiplied by a factor, a decimal string such as "0.8", and rounded up. */
export function scaledTable(table: PriceTable, factor: string): PriceTable {
  const share = parseDecimal(factor) ?? NANO_PER_UNIT
  if (share === NANO_PER_UNIT) return table
  const scaled = (rate: Rate): Rate => divideUp(rate * share, NANO_PER_UNIT)
  const rates: Rates = {}
  for (const [bucket, { base, tiers }] of Object.entries(table.rates) as [keyof Rates, NonNullable<Rates[keyof Rates]>][]) {
    rates[bucket] = { base: scaled(base), tiers: tiers.map(({ from, rate }) => ({ from, rate: scaled(rate) })) }
  }
  return { ...table, version: `${table.version}*${factor}`, rates }
}

import { divideUp, NANO_PER_UNIT, parseDecimal, type Nano, type PriceRule } from '@faregate/core'
import { parseRates, writtenTable } from './rates.ts'
import type { PricedBy, PriceTable, Rate, Rates } from './types.ts'

/**
 * A table under a rule. Another price takes its place whole: what has none there falls back to its parent (M15), and what cannot be
 * read is no price. A factor makes prices of nine decimals (M1), each rounded up. The version names what was applied.
 */
export function tableUnder(table: PriceTable, { factor, price }: PriceRule, by: PricedBy): PriceTable {
  if (price === undefined) return scaledTable(table, factor ?? '1', by)
  const parsed = parseRates(price)
  return { ...table, ...writtenTable(by, parsed.ok ? parsed.rates : {}) }
}

/** A table of which every rate is multiplied by a factor, a decimal string such as "0.8". */
function scaledTable(table: PriceTable, factor: string, by: PricedBy): PriceTable {
  if (parseDecimal(factor) === NANO_PER_UNIT) return table
  const scaled = (rate: Rate): Rate => scaledAmount(rate, factor)
  const rates: Rates = {}
  for (const [bucket, { base, tiers }] of Object.entries(table.rates) as [keyof Rates, NonNullable<Rates[keyof Rates]>][]) {
    rates[bucket] = { base: scaled(base), tiers: tiers.map(({ from, rate }) => ({ from, rate: scaled(rate) })) }
  }
  return { ...table, version: `${table.version}*${by}:${factor}`, rates }
}

/** An amount multiplied by a factor, a decimal string such as "0.8", and rounded up. */
export function scaledAmount(amount: Nano, factor: string): Nano {
  return divideUp(amount * (parseDecimal(factor) ?? NANO_PER_UNIT), NANO_PER_UNIT)
}

import { divideUp, parseAmount, parseDecimal, type Nano } from '@faregate/core'
import type { Models, Prices } from './rig.ts'

export type Priced = Pick<Models[number], 'name' | 'price' | 'deployments'>
export type KnownPrice = Pick<Prices[number], 'name' | 'price'>

const MILLION = 1_000_000n

/** Whether a cap is below what the cheapest call of these models costs; false where none has a price. */
export function isBelowAnyCall(amount: string, models: readonly Priced[], prices: readonly KnownPrice[]): boolean {
  const limit = parseAmount(amount)
  const cheapest = smallest(models.flatMap((model) => leastCost(model, prices) ?? []))
  return limit !== undefined && cheapest !== undefined && cheapest > limit
}

/** What a call of one token in and one out costs at the least; `undefined` where there is no price. */
function leastCost(model: Priced, prices: readonly KnownPrice[]): Nano | undefined {
  const overrides = model.deployments.map((one) => prices.find(({ name }) => name === `${one.provider}/${one.model}`)?.price)
  const rates = model.price === null ? overrides.filter((one) => one !== undefined) : [model.price]
  return smallest(
    rates.map(({ input = '0', output = '0', request = '0' }) => divideUp(nano(input) + nano(output) + nano(request), MILLION)),
  )
}

function nano(text: string): Nano {
  return parseDecimal(text) ?? 0n
}

function smallest(amounts: Nano[]): Nano | undefined {
  const [first, ...others] = amounts
  return first === undefined ? undefined : others.reduce((least, one) => (one < least ? one : least), first)
}

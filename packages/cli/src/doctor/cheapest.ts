import { divideUp, parseAmount, parseDecimal, type Nano } from '@faregate/core'
import type { Apis, Models, Prices } from './rig.ts'

type Priced = Pick<Models[number], 'name' | 'price' | 'deployments'>
type PricedApi = { name: string; routes: Pick<Apis[number]['routes'][number], 'price' | 'metered' | 'free' | 'off'>[] }
type KnownPrice = Pick<Prices[number], 'name' | 'price'>

const MILLION = 1_000_000n

/** What can be called, and what it is known to cost. */
export interface Callable {
  models: readonly Priced[]
  prices: readonly KnownPrice[]
  /** What is made of models costs what they do, which are among the models. */
  apis: readonly PricedApi[]
}

/** Whether a cap is below what the cheapest of these calls costs; false where none has a price. */
export function isBelowAnyCall(amount: string, { models, prices, apis }: Callable): boolean {
  const limit = parseAmount(amount)
  const ofModels = models.flatMap((model) => leastCost(model, prices) ?? [])
  const ofRoutes = apis.flatMap(({ routes }) => routes.filter(({ off }) => !off).flatMap(costOf))
  const cheapest = smallest([...ofModels, ...ofRoutes])
  return limit !== undefined && cheapest !== undefined && cheapest > limit
}

/** What is metered costs nothing where nothing goes through. */
function costOf({ price, metered, free }: PricedApi['routes'][number]): Nano[] {
  if (free) return [0n]
  if (price === null) return metered === null ? [] : [0n]
  return [nano(price)]
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

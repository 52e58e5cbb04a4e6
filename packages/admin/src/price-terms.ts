import type { PriceOverride } from '@faregate/core'
import { ratesOf } from './model-definition.ts'

interface Sent {
  models: string
  factor?: string | undefined
  price?: Record<string, string | undefined> | undefined
}

/** Overrides of prices as they were sent; members that say nothing are left out. */
export function overridesOf(sent: readonly Sent[]): PriceOverride[] {
  return sent.map(({ models, factor, price }) => ({
    models,
    ...(factor === undefined ? {} : { factor }),
    ...(price === undefined ? {} : { price: ratesOf(price) }),
  }))
}

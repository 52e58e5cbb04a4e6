import { fitsParts } from './name-pattern.ts'

/** A factor on a price, a decimal string; or another price in its place, decimal strings per million units, by bucket. */
export interface PriceRule {
  factor?: string | undefined
  price?: Record<string, string> | undefined
}

/** A rule for a model, or for those that a pattern with `*` names. */
export interface PriceOverride extends PriceRule {
  models: string
}

/** What models cost somebody. */
export interface PriceTerms {
  /** Of models that no override names. */
  priceFactor: string
  prices: readonly PriceOverride[]
}

/**
 * The one rule of these terms that holds for a model: the override that names it most closely (its exact name, else the pattern
 * with the most letters, of equals the first), else the factor.
 */
export function priceRule({ priceFactor, prices }: PriceTerms, model: string): PriceRule {
  let closest: PriceOverride | undefined
  for (const override of prices) {
    if (!fitsParts(override.models.split('*'), model)) continue
    if (closest === undefined || closeness(override) > closeness(closest)) closest = override
  }
  return closest ?? { factor: priceFactor }
}

function closeness({ models }: PriceOverride): number {
  return models.includes('*') ? models.replaceAll('*', '').length : Number.POSITIVE_INFINITY
}

import {
  featuresBeyond,
  fitsParts,
  isApi,
  priceRule,
  type LimitTerms,
  type Millis,
  type Nano,
  type PlanFeature,
  type PriceRule,
  type PriceTerms,
  type Product,
} from '@faregate/core'

/** How often a plan is paid. A free one is never paid; its quotas renew every month. */
export const PLAN_PERIODS = ['month', 'quarter', 'year', 'free'] as const
export type PlanPeriod = (typeof PLAN_PERIODS)[number]

const MONTHS: Record<PlanPeriod, number> = { month: 1, quarter: 3, year: 12, free: 1 }

/** How many months one period of a plan lasts. */
export function monthsOf({ period }: Pick<PlanTerms, 'period'>): number {
  return MONTHS[period]
}

/** Requests or tokens that a plan includes in each period, of the models, or the APIs, that a pattern names. */
export interface Quota {
  counts: 'requests' | 'tokens'
  /** A model's name, or a pattern with `*`; null where it is of APIs. */
  models: string | null
  /** The same of published APIs; absent, or null, where it is of models. */
  apis?: string | null | undefined
  limit: number
  /** What use beyond it costs, as a factor on the model's price: `"1.5"`. Null: nothing beyond it is served. */
  overage: string | null
}

/**
 * What is sold. A version never changes: a subscriber stays on the one that was bought until moved. What models cost under it is
 * reckoned from what they cost the organization without it.
 */
export interface PlanTerms extends PriceTerms {
  /** For each period, nano-units; 0 where the period is `free`. */
  price: Nano
  period: PlanPeriod
  trialDays: number
  /** How long it is served after a payment has failed. */
  graceDays: number
  /** Names or patterns of the models that it includes. */
  models: string[]
  /** What of these it includes: kinds of calls, and ways of making them; `*`: everything. */
  features: (PlanFeature | '*')[]
  /** Names or patterns of the published APIs that it includes; absent in versions that were made before there were any. */
  apis?: string[]
  /** What it includes is sold by plan only, not from the balance alone. */
  exclusive: boolean
  /** Anybody may subscribe; otherwise the operator does it. */
  listed: boolean
  /** A subscription waits until it is approved. */
  approval: boolean
  /** It is served only while the organization has a payment method; absent in versions that were made before there were any. */
  paymentMethod?: boolean
  quotas: Quota[]
  /** Put on the balance with each period that is paid, and gone with its end; nano-units. */
  credit: Nano
  /** Rates and concurrency of what is served under it, beside those of key, application and organization. */
  limits: LimitTerms[]
}

export interface PlanVersion extends PlanTerms {
  name: string
  /** From 1. */
  version: number
  /** Who sells it; absent, or null: the operator. An organization sells its own APIs alone. */
  organization?: string | null
  createdAt: Millis
}

/** Whether a name fits a pattern, in which `*` stands for any characters. */
export function fitsModel(pattern: string, name: string): boolean {
  return fitsParts(pattern.split('*'), name)
}

/** Whether a plan includes a model, for calls of some kind at least; or an API. */
export function includesName({ models, apis = [] }: Pick<PlanTerms, 'models' | 'apis'>, product: Product): boolean {
  const [patterns, name] = isApi(product) ? [apis, product.api] : [models, product.model]
  return patterns.some((pattern) => fitsModel(pattern, name))
}

/** Whether a quota counts calls of a model or an API. */
export function countsFor({ models, apis }: Pick<Quota, 'models' | 'apis'>, product: Product): boolean {
  const [pattern, name] = isApi(product) ? [apis ?? null, product.api] : [models, product.model]
  return pattern !== null && fitsModel(pattern, name)
}

/** What becomes of a price under a plan; of an API's, by the factor alone. */
export function ruleFor(terms: PriceTerms, product: Product): PriceRule {
  return isApi(product) ? { factor: terms.priceFactor } : priceRule(terms, product.model)
}

/** Whether a plan includes a request: its model, and what it uses; or its API. */
export function includes(plan: Pick<PlanTerms, 'models' | 'features' | 'apis'>, product: Product): boolean {
  return includesName(plan, product) && (isApi(product) || featuresBeyond(plan.features, product).length === 0)
}

import {
  featuresBeyond,
  fitsParts,
  type LimitTerms,
  type Millis,
  type Nano,
  type PlanFeature,
  type PriceTerms,
  type Wanted,
} from '@faregate/core'

/** How often a plan is paid. A free one is never paid; its quotas renew every month. */
export const PLAN_PERIODS = ['month', 'quarter', 'year', 'free'] as const
export type PlanPeriod = (typeof PLAN_PERIODS)[number]

const MONTHS: Record<PlanPeriod, number> = { month: 1, quarter: 3, year: 12, free: 1 }

/** How many months one period of a plan lasts. */
export function monthsOf({ period }: Pick<PlanTerms, 'period'>): number {
  return MONTHS[period]
}

/** Requests or tokens that a plan includes in each period, of the models that a pattern names. */
export interface Quota {
  counts: 'requests' | 'tokens'
  /** A model's name, or a pattern with `*`. */
  models: string
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
  /** The models that it includes are sold by plan only, not from the balance alone. */
  exclusive: boolean
  /** Anybody may subscribe; otherwise the operator does it. */
  listed: boolean
  /** A subscription waits until it is approved. */
  approval: boolean
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
  createdAt: Millis
}

/** Whether a name fits a pattern, in which `*` stands for any characters. */
export function fitsModel(pattern: string, model: string): boolean {
  return fitsParts(pattern.split('*'), model)
}

/** Whether a plan includes a model, for calls of some kind at least. */
export function includesModel({ models }: Pick<PlanTerms, 'models'>, model: string): boolean {
  return models.some((pattern) => fitsModel(pattern, model))
}

/** Whether a plan includes a request: its model, and what it uses. */
export function includes(plan: Pick<PlanTerms, 'models' | 'features'>, wanted: Wanted): boolean {
  return includesModel(plan, wanted.model) && featuresBeyond(plan.features, wanted).length === 0
}

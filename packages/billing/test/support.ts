import type { PlanTerms, PlanVersion, Subscription } from '@faregate/billing'
import { subscribed } from '@faregate/billing'
import type { PlanFeature, Wanted } from '@faregate/core'

export const at = (text: string): number => Date.parse(text.includes('T') ? text : `${text}T00:00:00Z`)
export const DAY = 86_400_000

/** A request of a model that uses these features. */
export function wanted(model: string, ...features: PlanFeature[]): Wanted {
  return { model, uses: (feature) => features.includes(feature) }
}

export function plan(more: Partial<PlanTerms & PlanVersion> = {}): PlanVersion {
  return {
    name: 'pro',
    version: 1,
    createdAt: 0,
    price: 10_000_000_000n,
    period: 'month',
    trialDays: 0,
    graceDays: 3,
    models: ['*'],
    features: ['*'],
    exclusive: false,
    listed: true,
    approval: false,
    quotas: [],
    credit: 0n,
    priceFactor: '1',
    limits: [],
    prices: [],
    ...more,
  }
}

export function subscription(terms: PlanTerms, now: number, more: Partial<Subscription> = {}): Subscription {
  const of = { id: 'sub_1', organization: 'org_1', plan: 'pro', version: 1, reason: null, renews: true, startedAt: now }
  return { ...subscribed(of, terms, now), ...more }
}

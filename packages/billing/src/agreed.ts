import { limitIdentity, limitRules, type LimitRule, type LimitTerms } from '@faregate/core'
import type { Held } from './entitlement.ts'
import type { Quota } from './plan.ts'
import type { Agreed } from './subscription.ts'

/** What a quota of a plan is known by. */
type QuotaName = Pick<Quota, 'counts' | 'models' | 'apis'>

/** Whether two are the same quota of a plan, whatever their limits. */
export function sameQuota(one: QuotaName, other: QuotaName): boolean {
  return one.counts === other.counts && one.models === other.models && (one.apis ?? null) === (other.apis ?? null)
}

/** How much of a quota a subscription has in each period: what was agreed, or what the plan says. */
export function quotaLimit({ subscription: { agreed } }: Pick<Held, 'subscription'>, quota: QuotaName & Pick<Quota, 'limit'>): number {
  return agreed?.quotas.find((one) => sameQuota(one, quota))?.limit ?? quota.limit
}

/** The rates and concurrency of a subscription. */
export function planLimits({ subscription: { agreed }, version }: Held): LimitTerms[] {
  const own = new Map(agreed?.limits.map((terms) => [limitIdentity(terms), terms]))
  return version.limits.map((terms) => own.get(limitIdentity(terms)) ?? terms)
}

/** A subscription is held for as long as a configuration lasts, and its rules with it: what is derived from them is kept by their identity. */
const rules = new WeakMap<Held, LimitRule[]>()

/** The same, ready to be counted. */
export function planRules(held: Held): LimitRule[] {
  const known = rules.get(held)
  if (known !== undefined) return known
  const { subscription, version } = held
  const made = limitRules(subscription.organization, { level: 'plan', id: subscription.id, plan: version.name }, planLimits(held))
  rules.set(held, made)
  return made
}

/** What is agreed once a quota or a limit has another value. */
export function agree(agreed: Agreed | undefined, value: { quota: Agreed['quotas'][number] } | { limit: LimitTerms }): Agreed {
  const { quotas, limits } = agreed ?? { quotas: [], limits: [] }
  if ('limit' in value) {
    const identity = limitIdentity(value.limit)
    return { quotas, limits: [...limits.filter((terms) => limitIdentity(terms) !== identity), value.limit] }
  }
  return { quotas: [...quotas.filter((quota) => !sameQuota(quota, value.quota)), value.quota], limits }
}

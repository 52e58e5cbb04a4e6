import type { LimitRule } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import type { Offer, Planned } from '../plans/port.ts'

const NONE: readonly LimitRule[] = []

/** The limits of a request that is served under an offer: of key, application, organization, and of that subscription. */
export function limitsUnder(key: Pick<KeyEntry, 'limits'>, offer: Offer | undefined): readonly LimitRule[] {
  const own: readonly LimitRule[] = key.limits ?? NONE
  const plans = offer?.limits ?? NONE
  if (plans.length === 0) return own
  return own.length === 0 ? plans : [...own, ...plans]
}

/** An offer of each subscription, in the order in which they are tried; nothing but `undefined` where no plan is in play. */
export function waysOf(plan: Planned | undefined): (Offer | undefined)[] {
  const [first, ...more] = plan?.offers ?? []
  if (more.length === 0) return [first]
  const ways = new Map<string, Offer>()
  for (const offer of plan?.offers ?? []) if (!ways.has(offer.subscription)) ways.set(offer.subscription, offer)
  return [...ways.values()]
}

/** The plan without what its subscriptions' limits refuse now. */
export function withoutOffers(plan: Planned, refused: ReadonlySet<string>): Planned {
  if (refused.size === 0) return plan
  return { ...plan, offers: plan.offers.filter(({ subscription }) => !refused.has(subscription)) }
}

/** Whether a request that is counted under one offer is counted the same under another. */
export function sameLimits(one: Offer | undefined, other: Offer | undefined): boolean {
  if (one?.subscription === other?.subscription) return true
  return (one?.limits.length ?? 0) === 0 && (other?.limits.length ?? 0) === 0
}

/** Neither the key nor a plan limits what it is used for. */
export function unlimited(plan: Planned | undefined, key: KeyEntry): boolean {
  return key.limits === undefined && (plan === undefined || plan.offers.every(({ limits }) => limits.length === 0))
}

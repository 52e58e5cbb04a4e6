import {
  featuresBeyond,
  isApi,
  type LimitRule,
  type Millis,
  type Nano,
  type PlanFeature,
  type PriceRule,
  type Product,
} from '@faregate/core'
import { repeating, type AccountRef } from '@faregate/ledger'
import { planRules, quotaLimit } from './agreed.ts'
import { countsFor, includes, includesName, monthsOf, ruleFor, type PlanVersion, type Quota } from './plan.ts'
import { previewChange } from './proration.ts'
import { dueOf, standingOf, type Blocker, type Standing } from './standing.ts'
import type { Subscription } from './subscription.ts'

/** One way to have a request under a plan: at which price, and on which quotas it is counted. */
export interface Offer {
  subscription: string
  plan: string
  /** What becomes of what the model costs the organization. */
  rule: PriceRule
  /** It is use beyond the quotas of the plan. */
  beyond?: true
  quotas: QuotaRef[]
  /** Rates and concurrency of what is served under it. */
  limits: readonly LimitRule[]
  /** It is served only to whoever has a payment method. */
  needsMethod?: true
  /** It is past due, and served until then. */
  graceUntil?: Millis
}

/** The account of a quota; how much a request takes of it is the caller's to say. */
export type QuotaRef = Omit<Extract<AccountRef, { kind: 'cap' }>, 'measure'> & { counts: Quota['counts'] }

/** A plan that is on sale, and what having it costs now. */
export interface Sale {
  plan: string
  price: Nano
  period: string
  dueNow: Nano
  approval: boolean
  /** What would become of what the model costs the organization. */
  rule: PriceRule
  /** The subscription that would be changed to it; absent: it would be a new one. */
  change?: string
}

/** What plans say of a model or an API for an organization. */
export type Entitlement =
  /** It is sold from the balance, and no plan of the organization has it. */
  | { kind: 'balance' }
  | { kind: 'offers'; offers: Offer[]; readonly sales: Sale[] }
  | {
      kind: 'blocked'
      blocker: Blocker
      subscription: Subscription
      /** Who sells the plan; null: the operator. */
      seller: string | null
      price: Nano
      rule: PriceRule
      also: Blocker[]
      due: string[]
    }
  | { kind: 'unsold'; lacking: PlanFeature[] }
  | { kind: 'sold'; by: 'subscription' | 'upgrade' | 'approval'; sales: Sale[]; lacking: PlanFeature[] }

/** A subscription with the version that it was bought at. */
export interface Held {
  subscription: Subscription
  version: PlanVersion
}

/** Decides from all plans (their newest versions) and what the organization holds; pure. */
export function entitlementOf(newest: readonly PlanVersion[], held: readonly Held[], product: Product, now: Millis): Entitlement {
  const having = held.filter(({ version }) => includes(version, product))
  const standing = having.map((one) => ({ ...one, held: one, standing: standingOf(one.subscription, one.version, now) }))
  const serving = standing.filter(({ standing: { blocker } }) => blocker === undefined).toSorted(bySoonestEnd)
  if (serving.length > 0) {
    return {
      kind: 'offers',
      offers: offersOf(serving, product, now),
      // Asked for only where the quotas of what is held have ended.
      get sales() {
        const more = newest.filter((plan) => hasMore(plan, serving, product))
        return salesOf(more, held, product, now)
      },
    }
  }
  const exclusive = [...newest, ...held.map(({ version }) => version)].some((plan) => plan.exclusive && includesName(plan, product))
  if (!exclusive) return { kind: 'balance' }
  const blocked = standing.toSorted(byHope)
  const [first] = blocked
  if (first !== undefined && first.standing.blocker !== undefined) {
    const { subscription, version } = first
    const also = [...new Set(blocked.slice(1).flatMap((one) => one.standing.blocker ?? []))]
    const due = blocked.filter((one) => dueOf(one.subscription, one.version, now) !== undefined)
    return {
      kind: 'blocked',
      blocker: first.standing.blocker,
      subscription,
      seller: version.organization ?? null,
      price: version.price,
      rule: ruleFor(version, product),
      also: also.filter((code) => code !== first.standing.blocker),
      due: due.map((one) => one.subscription.id),
    }
  }
  const sales = salesOf(newest, held, product, now)
  const lacking = lackingOf(held, product, now)
  if (sales.length === 0) return { kind: 'unsold', lacking }
  if (sales.every(({ approval }) => approval)) return { kind: 'sold', by: 'approval', sales, lacking }
  return { kind: 'sold', by: sales.some(({ change }) => change !== undefined) ? 'upgrade' : 'subscription', sales, lacking }
}

/** Where a plan that serves has the model, but not for such requests: what of them it lacks. */
function lackingOf(held: readonly Held[], wanted: Product, now: Millis): PlanFeature[] {
  if (isApi(wanted)) return []
  const partly = held.find(
    ({ subscription, version }) => includesName(version, wanted) && standingOf(subscription, version, now).blocker === undefined,
  )
  return partly === undefined ? [] : featuresBeyond(partly.version.features, wanted)
}

type Standings = Held & { held: Held; standing: Standing }

function bySoonestEnd(a: Standings, b: Standings): number {
  const never = Number.POSITIVE_INFINITY
  const [endA, endB] = [a.standing.until ?? never, b.standing.until ?? never]
  return endA === endB ? a.subscription.createdAt - b.subscription.createdAt : endA - endB
}

/** What was cancelled or has run out comes after what can still be put right; the newest first. */
function byHope(a: Standings, b: Standings): number {
  const over = ({ standing: { state } }: Standings): number => (state === 'cancelled' ? 2 : state === 'expired' ? 1 : 0)
  return over(a) === over(b) ? b.subscription.createdAt - a.subscription.createdAt : over(a) - over(b)
}

/** Every subscription in turn while its quotas last; then use beyond those that have a price for it. */
function offersOf(serving: Standings[], product: Product, now: Millis): Offer[] {
  const within: Offer[] = []
  const beyond: Offer[] = []
  for (const { subscription, version, standing, held } of serving) {
    const quotas = version.quotas.filter((quota) => countsFor(quota, product))
    const shared = {
      subscription: subscription.id,
      plan: version.name,
      limits: planRules(held),
      ...(version.paymentMethod === true ? { needsMethod: true as const } : {}),
      ...(standing.state === 'past_due' && standing.until !== null ? { graceUntil: standing.until } : {}),
    }
    within.push({ ...shared, rule: ruleFor(version, product), quotas: quotas.map((quota) => refOf(held, quota, now)) })
    const factors = quotas.flatMap(({ overage }) => overage ?? [])
    const dearest = factors.toSorted((a, b) => Number(b) - Number(a))[0]
    if (dearest === undefined) continue
    const hard = quotas.filter(({ overage }) => overage === null)
    const rule = { factor: dearest }
    beyond.push({ ...shared, rule, beyond: true, quotas: hard.map((quota) => refOf(held, quota, now)) })
  }
  return [...within, ...beyond]
}

/** All quotas of a subscription, for whoever wants to see them. */
export function quotasOf(held: Held, now: Millis): (QuotaRef & Pick<Quota, 'models' | 'apis'>)[] {
  return held.version.quotas.map((quota) => ({ ...refOf(held, quota, now), models: quota.models, apis: quota.apis ?? null }))
}

/** Kept like the rules of limits, by the identity of what is held, until its quotas follow something else. */
const refs = new WeakMap<Held, { from: Millis; quotas: Map<Quota, QuotaRef> }>()

/** Quotas follow the periods that are paid, and those of a trial its beginning. */
function refOf(held: Held, quota: Quota, now: Millis): QuotaRef {
  const { trialUntil, startedAt, anchor } = held.subscription
  const from = trialUntil !== null && now < trialUntil ? startedAt : anchor
  const kept = refs.get(held)
  const quotas = kept?.from === from ? kept.quotas : new Map<Quota, QuotaRef>()
  if (kept?.quotas !== quotas) refs.set(held, { from, quotas })
  const known = quotas.get(quota)
  if (known !== undefined) return known
  const made = quotaRef(held, quota, from)
  quotas.set(quota, made)
  return made
}

function quotaRef({ subscription, version }: Held, quota: Quota, from: Millis): QuotaRef {
  const { counts, models, apis } = quota
  return {
    kind: 'cap',
    base: models === null ? `quota:${subscription.id}:${counts}-apis:${apis ?? ''}` : `quota:${subscription.id}:${counts}:${models}`,
    unit: `quota:${counts}`,
    period: repeating(from, monthsOf(version)),
    zone: 'UTC',
    limit: BigInt(quotaLimit({ subscription }, quota)),
    counts,
  }
}

/** Plans on sale that have what is called, and which of the organization's subscriptions would be changed to them. */
function salesOf(newest: readonly PlanVersion[], held: readonly Held[], product: Product, now: Millis): Sale[] {
  const own = held.find(({ subscription, version }) => standingOf(subscription, version, now).blocker === undefined)
  const has = new Set(held.map(({ version }) => `${version.name} ${version.version}`))
  const sold = newest.filter((plan) => plan.listed && includes(plan, product) && !has.has(`${plan.name} ${plan.version}`))
  return sold.map((plan) => {
    const { name, price, period, approval } = plan
    const changes = own !== undefined && !approval
    const dueNow = changes ? dueForChange(own, plan, now) : plan.trialDays > 0 ? 0n : price
    return {
      plan: name,
      price,
      period,
      dueNow,
      approval,
      rule: ruleFor(plan, product),
      ...(changes ? { change: own.subscription.id } : {}),
    }
  })
}

/** Whether a plan goes on where the quotas of what is held have ended: none for the model, larger ones, or use beyond them. */
function hasMore(plan: PlanVersion, serving: readonly Held[], product: Product): boolean {
  const quotas = plan.quotas.filter((quota) => countsFor(quota, product))
  const own = serving.flatMap((one) => quotasFor(one, product))
  return quotas.every(({ counts, limit, overage }) => {
    const most = Math.max(0, ...own.filter((quota) => quota.counts === counts).map((quota) => quota.limit))
    return overage !== null || limit > most
  })
}

function dueForChange({ subscription, version }: Held, to: PlanVersion, now: Millis): Nano {
  const { due } = previewChange(subscription, version, to, now)
  return due > 0n ? due : 0n
}

/** The quotas of a subscription for a model or an API, as large as they are for it. */
function quotasFor(held: Held, product: Product): Quota[] {
  const quotas = held.version.quotas.filter((quota) => countsFor(quota, product))
  return quotas.map((quota) => ({ ...quota, limit: quotaLimit(held, quota) }))
}

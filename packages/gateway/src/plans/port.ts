import type { LimitRule, Millis, Nano, PlanFeature, PriceRule, Product } from '@faregate/core'
import type { AccountRef } from '@faregate/ledger'

/** What plans say of a request, asked once for each. */
export interface PlanGate {
  /** At once where it is remembered. Rejects where the database does not answer. */
  entitlement(organization: string, product: Product): Entitlement | Promise<Entitlement>
  /** Every quota of an organization's subscriptions. */
  quotas(organization: string): Promise<(QuotaRef & { models: string | null; apis?: string | null | undefined })[]>
  /** The rates and concurrency of those that serve. */
  limits(organization: string): Promise<LimitRule[]>
}

/** The account of a quota. */
export type QuotaRef = Omit<Extract<AccountRef, { kind: 'cap' }>, 'measure'> & { counts: 'requests' | 'tokens' }

/** One way to have a request under a plan; several are tried in turn, until one has room. */
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

export interface Planned {
  offers: Offer[]
  sales: Sale[]
}

type Blocker =
  | 'approval_pending'
  | 'approval_rejected'
  | 'subscription_incomplete'
  | 'trial_ended'
  | 'subscription_past_due'
  | 'subscription_unpaid'
  | 'subscription_paused'
  | 'subscription_cancelled'
  | 'subscription_expired'

export interface Blocked {
  kind: 'blocked'
  blocker: Blocker
  subscription: { id: string; plan: string; reason: string | null }
  /** Who sells the plan, and decides who has it; null: the operator. */
  seller: string | null
  /** Of one period. */
  price: Nano
  /** What would become of what the model costs the organization. */
  rule: PriceRule
  also: Blocker[]
}

export type Entitlement =
  /** Sold from the balance, as without plans. */
  | { kind: 'balance' }
  | ({ kind: 'offers' } & Planned)
  | Blocked
  | ({ kind: 'unsold' } & Lacking)
  | ({ kind: 'sold'; by: 'subscription' | 'upgrade' | 'approval'; sales: Sale[] } & Lacking)

interface Lacking {
  /** What the request uses and the plan of the organization, which has the model, does not include. */
  lacking: PlanFeature[]
}

import type { Millis } from '@faregate/core'
import { monthsOf, type PlanTerms } from './plan.ts'
import type { Subscription } from './subscription.ts'
import { turnAfter, turnAt } from './turns.ts'

export type SubscriptionState = 'incomplete' | 'trialing' | 'active' | 'past_due' | 'unpaid' | 'paused' | 'cancelled' | 'expired'

/** Why a subscription does not serve. */
export type Blocker =
  | 'approval_pending'
  | 'approval_rejected'
  | 'subscription_incomplete'
  | 'trial_ended'
  | 'subscription_past_due'
  | 'subscription_unpaid'
  | 'subscription_paused'
  | 'subscription_cancelled'
  | 'subscription_expired'

/** How a subscription stands at a time. */
export interface Standing {
  state: SubscriptionState
  /** Undefined: it serves. */
  blocker?: Blocker
  /** When this ends by itself; null: never. */
  until: Millis | null
}

const DAY_MS = 86_400_000

/** How a subscription stands, by what is known of it, the terms it was bought at, and the time. */
export function standingOf(subscription: Subscription, terms: PlanTerms, now: Millis): Standing {
  const { approval, cancelAt, pausedAt, trialUntil } = subscription
  if (cancelAt !== null && cancelAt <= now) return { state: 'cancelled', blocker: 'subscription_cancelled', until: null }
  if (approval === 'pending') return { state: 'incomplete', blocker: 'approval_pending', until: null }
  if (approval === 'rejected' || approval === 'revoked') return { state: 'incomplete', blocker: 'approval_rejected', until: null }
  if (pausedAt !== null) return { state: 'paused', blocker: 'subscription_paused', until: cancelAt }
  if (trialUntil !== null && now < trialUntil) return { state: 'trialing', until: trialUntil }
  return paidStanding(subscription, terms, now)
}

function paidStanding({ paidUntil, renews, trialUntil, cancelAt, anchor }: Subscription, terms: PlanTerms, now: Millis): Standing {
  if (terms.price === 0n && (renews || paidUntil === null || now < paidUntil)) return { state: 'active', until: cancelAt }
  if (paidUntil === null) {
    if (trialUntil !== null) return { state: 'expired', blocker: 'trial_ended', until: null }
    return { state: 'incomplete', blocker: 'subscription_incomplete', until: null }
  }
  if (now < paidUntil) return { state: 'active', until: paidUntil }
  if (!renews) return { state: 'expired', blocker: 'subscription_expired', until: null }
  const graceEnd = paidUntil + terms.graceDays * DAY_MS
  if (now < graceEnd) return { state: 'past_due', until: graceEnd }
  const periodEnd = turnAfter(anchor, monthsOf(terms), paidUntil)
  if (now < periodEnd) return { state: 'past_due', blocker: 'subscription_past_due', until: periodEnd }
  return { state: 'unpaid', blocker: 'subscription_unpaid', until: null }
}

/** A period to be paid: the next of a subscription. */
export interface DuePeriod {
  /** From 1. */
  number: number
  from: Millis
  until: Millis
  /** From which this period and the next are counted. */
  anchor: Millis
}

/**
 * The period that has to be paid now; undefined: none. One that follows the last begins where that ended, so that anchors are
 * stable, as long as it has not passed unpaid; any other begins now.
 */
export function dueOf(subscription: Subscription, terms: PlanTerms, now: Millis): DuePeriod | undefined {
  const { state, blocker } = standingOf(subscription, terms, now)
  const { paidUntil } = subscription
  if (state === 'trialing' || state === 'paused' || state === 'cancelled') return undefined
  if (blocker === 'approval_pending' || blocker === 'approval_rejected' || blocker === 'subscription_expired') return undefined
  if (paidUntil !== null && now < paidUntil) return undefined
  return periodFrom(subscription, terms, beginningOf(subscription, terms, now))
}

function beginningOf({ paidUntil, trialUntil, anchor }: Subscription, terms: PlanTerms, now: Millis): { from: Millis; anchor: Millis } {
  const months = monthsOf(terms)
  if (paidUntil !== null && now < turnAfter(anchor, months, paidUntil)) return { from: paidUntil, anchor }
  // What is free is owed nothing for: its periods go on however long nobody looked.
  if (paidUntil !== null && terms.price === 0n) return { from: turnAt(anchor, months, now), anchor }
  const grace = terms.graceDays * DAY_MS
  if (paidUntil === null && trialUntil !== null && now < trialUntil + grace) return { from: trialUntil, anchor: trialUntil }
  return { from: now, anchor: now }
}

function periodFrom({ periods }: Subscription, terms: PlanTerms, { from, anchor }: { from: Millis; anchor: Millis }): DuePeriod {
  return { number: periods + 1, from, until: turnAfter(anchor, monthsOf(terms), from), anchor }
}

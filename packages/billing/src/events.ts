import type { Millis } from '@faregate/core'
import type { PlanTerms } from './plan.ts'
import { standingOf, type DuePeriod } from './standing.ts'
import type { Subscription } from './subscription.ts'

/** What happens to a subscription, beside the passing of time. */
export type SubscriptionEvent =
  | { type: 'approve'; reason: string | null }
  | { type: 'reject' | 'revoke' | 'reapply'; reason: string }
  | { type: 'paid'; period: DuePeriod }
  | { type: 'cancel'; at: 'now' | 'period_end' }
  | { type: 'pause' | 'resume' | 'renew' }
  | { type: 'change'; plan: string; version: number; terms: PlanTerms; paidUntil: Millis | null; anchor: Millis }

export type Applied = { ok: true; subscription: Subscription } | { ok: false; message: string }

const DAY_MS = 86_400_000

/** A new subscription. */
export function subscribed(
  of: Pick<Subscription, 'id' | 'organization' | 'plan' | 'version' | 'reason' | 'renews' | 'startedAt'>,
  terms: PlanTerms,
  now: Millis,
): Subscription {
  return {
    ...of,
    createdAt: now,
    approval: terms.approval ? 'pending' : 'none',
    trialUntil: trialEnd(terms, of.startedAt),
    anchor: of.startedAt,
    paidUntil: null,
    periods: 0,
    changes: 0,
    cancelAt: null,
    pausedAt: null,
  }
}

function trialEnd({ trialDays }: PlanTerms, from: Millis): Millis | null {
  return trialDays === 0 ? null : from + trialDays * DAY_MS
}

/** The subscription after an event, or why that cannot happen to it. */
export function applyEvent(subscription: Subscription, terms: PlanTerms, event: SubscriptionEvent, now: Millis): Applied {
  const { state } = standingOf(subscription, terms, now)
  const { approval } = subscription
  const to = (change: Partial<Subscription>): Applied => ({ ok: true, subscription: { ...subscription, ...change } })
  switch (event.type) {
    case 'approve':
      if (approval !== 'pending' || state === 'cancelled')
        return refused(`it does not wait for approval, it is ${approvalOf(approval, state)}`)
      // What begins with the approval is the trial: waiting for it costs nothing.
      return to({ approval: 'approved', reason: event.reason, startedAt: now, anchor: now, trialUntil: trialEnd(terms, now) })
    case 'reject':
      if (approval !== 'pending' || state === 'cancelled')
        return refused(`it does not wait for approval, it is ${approvalOf(approval, state)}`)
      return to({ approval: 'rejected', reason: event.reason })
    case 'revoke':
      if (approval !== 'approved' || state === 'cancelled') return refused(`no approval is in force, it is ${approvalOf(approval, state)}`)
      return to({ approval: 'revoked', reason: event.reason })
    case 'reapply':
      if ((approval !== 'rejected' && approval !== 'revoked') || state === 'cancelled')
        return refused(`it was not rejected, it is ${approvalOf(approval, state)}`)
      return to({ approval: 'pending', reason: event.reason })
    case 'paid': {
      const { number, until, anchor } = event.period
      return to({ periods: number, paidUntil: until, anchor })
    }
    default:
      return changed(subscription, terms, event, now)
  }
}

function changed(
  subscription: Subscription,
  terms: PlanTerms,
  event: Extract<SubscriptionEvent, { type: 'cancel' | 'pause' | 'resume' | 'renew' | 'change' }>,
  now: Millis,
): Applied {
  const { state } = standingOf(subscription, terms, now)
  const to = (change: Partial<Subscription>): Applied => ({ ok: true, subscription: { ...subscription, ...change } })
  switch (event.type) {
    case 'cancel': {
      if (state === 'cancelled') return refused('it is cancelled')
      const end = event.at === 'now' ? now : endOfPeriod(subscription, now)
      return to({ cancelAt: end })
    }
    case 'pause':
      if (state !== 'active' && state !== 'trialing' && state !== 'past_due')
        return refused(`it is ${state}, and only what serves can be paused`)
      return to({ pausedAt: now })
    case 'resume':
      // Nothing is owed for the time in which it was paused.
      return state === 'paused' ? to({ pausedAt: null, ...anew(subscription, now) }) : refused(`it is ${state}, not paused`)
    case 'renew':
      if (state !== 'cancelled' && state !== 'expired' && subscription.cancelAt === null && subscription.renews)
        return refused(`it is ${state}, and renews by itself`)
      return to({ cancelAt: null, renews: true, ...anew(subscription, now) })
    case 'change': {
      if (state === 'cancelled' || (state === 'expired' && !subscription.renews)) return refused(`it is ${state}: renew it first`)
      const { plan, version, paidUntil, anchor, terms: wanted } = event
      if (wanted.approval && subscription.approval !== 'approved') return refused(`the plan "${plan}" asks for approval: subscribe to it`)
      const approved = wanted.approval ? 'approved' : 'none'
      return to({ plan, version, paidUntil, anchor, approval: approved, changes: subscription.changes + 1, agreed: undefined })
    }
  }
}

/** Where nothing that was paid for, or on trial, is left of it, it begins anew, without a trial. */
function anew({ paidUntil, trialUntil }: Subscription, now: Millis): Partial<Subscription> {
  if ((trialUntil !== null && now < trialUntil) || (paidUntil !== null && now < paidUntil)) return {}
  return { startedAt: now, anchor: now, paidUntil: null, trialUntil: null }
}

function endOfPeriod({ paidUntil, trialUntil }: Subscription, now: Millis): Millis {
  if (paidUntil !== null && paidUntil > now) return paidUntil
  return trialUntil !== null && trialUntil > now ? trialUntil : now
}

function approvalOf(approval: Subscription['approval'], state: string): string {
  return state === 'cancelled' || approval === 'none' ? state : approval
}

function refused(message: string): Applied {
  return { ok: false, message }
}

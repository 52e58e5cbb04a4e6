import { dueOf, standingOf, type Collecting, type PlanTerms, type Subscription } from '@faregate/billing'
import type { Millis } from '@faregate/core'
import { auditRowOf } from './audit-row.ts'
import type { AdminDeps } from './deps.ts'
import type { SubscriptionRow } from './ports-plans.ts'
import { presentSubscription } from './present/subscriptions.ts'
import { tellSubscription, toldOf } from './subscription-events.ts'

/** How long a payment that failed is left alone, where no request asks for it meanwhile. */
export const RETRY_MS = 60_000

export type CollectingNeeds = Pick<AdminDeps, 'store' | 'ledger' | 'clock' | 'random' | 'changed'>

/** What paying for periods needs, on the database and the ledger. */
export function collectingOn({ store, ledger, clock, random, changed }: CollectingNeeds): Collecting {
  return {
    async load(id) {
      const row = await store.read.subscriptions.get(id)
      const terms = row && (await store.read.plans.get(row.subscription.plan, row.subscription.version))
      return row === undefined || terms === undefined ? undefined : { ...row, terms }
    },
    async save(subscription, revision, period) {
      const now = clock.now()
      const terms = await store.read.plans.get(subscription.plan, subscription.version)
      if (terms === undefined) return false
      const saved = await store.write(async (trx) => {
        const before = await trx.subscriptions.get(subscription.id)
        const row = rowOf(subscription, terms, revision, now)
        if (!(await trx.updateSubscription(row))) return false
        await tellSubscription({ trx, now, random }, before, row, terms)
        const { id, organization } = subscription
        const after = { period: period.number, ...presentSubscription(subscription, terms, now) }
        await trx.insertAudit(auditRowOf({ clock, random }, { action: 'subscription.paid', subject: id, organization, after }))
        await trx.bumpConfiguration()
        return true
      })
      if (saved) await changed()
      return saved
    },
    submit: (operation) => ledger.submit(operation),
    now: () => clock.now(),
  }
}

/** The row of a subscription, with the times at which something may have to be paid, and at which it stands differently. */
export function rowOf(subscription: Subscription, terms: PlanTerms, revision: number, now: Millis): SubscriptionRow {
  const told = toldOf(subscription, terms, now)
  return { subscription, revision, lookAt: lookAt(subscription, terms, now), turnsAt: turnsAt(subscription, terms, now), told }
}

/** Nothing is told of it until then, unless it is changed. */
function turnsAt(subscription: Subscription, terms: PlanTerms, now: Millis): Millis | null {
  const { until } = standingOf(subscription, terms, now)
  const { cancelAt } = subscription
  if (cancelAt === null || cancelAt <= now) return until
  return until === null ? cancelAt : Math.min(until, cancelAt)
}

function lookAt(subscription: Subscription, terms: PlanTerms, now: Millis): Millis | null {
  if (dueOf(subscription, terms, now) !== undefined) return now
  const { paidUntil, trialUntil, renews, cancelAt } = subscription
  const { state } = standingOf(subscription, terms, now)
  const next = state === 'trialing' ? trialUntil : state === 'active' && renews ? paidUntil : null
  return next === null || (cancelAt !== null && cancelAt <= next) ? null : next
}

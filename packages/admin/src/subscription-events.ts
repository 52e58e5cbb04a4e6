import { standingOf, type PlanTerms, type Subscription } from '@faregate/billing'
import { newId, type Millis, type Random } from '@faregate/core'
import type { SubscriptionRow } from './ports-plans.ts'
import type { AdminTransaction } from './ports.ts'
import { presentSubscription } from './present/subscriptions.ts'

/** How a subscription stands, as a word that is compared with what was told last. */
export function toldOf(subscription: Subscription, terms: PlanTerms, now: Millis): string {
  const { state, blocker } = standingOf(subscription, terms, now)
  return blocker === undefined ? state : `${state} ${blocker}`
}

interface Telling {
  trx: Pick<AdminTransaction, 'insertEvent'>
  now: Millis
  random: Random
}

/** Tells of a subscription in the transaction that wrote its row, where state, plan or approval are others than those told last. */
export async function tellSubscription(
  { trx, now, random }: Telling,
  before: SubscriptionRow | undefined,
  { subscription, told }: SubscriptionRow,
  terms: PlanTerms,
): Promise<void> {
  const was = before?.subscription
  if (was !== undefined && before?.told === told && !isOther(was, subscription)) return
  const { id, organization, plan, version, state, blocker, approval, until, reason } = presentSubscription(subscription, terms, now)
  const previous =
    was === undefined ? null : { plan: was.plan, version: was.version, state: before?.told?.split(' ')[0] ?? null, approval: was.approval }
  const data = { subscription: id, plan, version, state, blocker, approval, reason, until, previous }
  await trx.insertEvent({ id: newId('evt', now, random), type: 'subscription.changed', organization, at: now, data })
}

function isOther(one: Subscription, other: Subscription): boolean {
  return one.plan !== other.plan || one.version !== other.version || one.approval !== other.approval
}

import { nanoPerMinor } from '@faregate/billing/rails/minor-units'
import { collect, subscribed, type PlanTerms, type PlanVersion } from '@faregate/billing'
import type { Nano } from '@faregate/core'
import { collectingOn, rowOf } from '../collecting.ts'
import { presentSubscription } from '../present/subscriptions.ts'
import { refuse } from '../refusal.ts'
import { tellSubscription } from '../subscription-events.ts'
import type { TopUpRow } from '../top-up-rows.ts'
import { changeStanding, noteDeed, type PaymentNeeds } from './changes.ts'

/** What is paid for the first period of a plan, in whole cents: what is more than its price stays on the balance. */
export function dueFor({ price }: PlanTerms, currency: string): Nano {
  const minor = nanoPerMinor(currency)
  return ((price + minor - 1n) / minor) * minor
}

/** Only what has to be paid for at once is bought so; everything else is subscribed to. */
export function checkBuyable({ name, price, trialDays, approval }: PlanVersion): void {
  const why = approval ? 'asks for approval' : price === 0n ? 'is free' : trialDays > 0 ? 'begins with a trial' : undefined
  if (why !== undefined) refuse({ code: 'conflict', detail: `The plan "${name}" ${why}, so that nothing is due now: subscribe to it.` })
}

/**
 * Subscribes to the plan that a top-up was ordered for, once, in the version that was paid, and pays its first period from the
 * balance, where the top-up is by now. Whoever is told of the payment again goes on where another was cut off.
 */
export async function subscribeFor(needs: PaymentNeeds, { id: order, organization, plan }: TopUpRow): Promise<void> {
  if (plan === null) return
  const id = order.replace(/^pay_/, 'sub_')
  const terms = await needs.store.read.plans.get(plan.name, plan.version)
  if (terms === undefined) throw new Error(`the plan ${plan.name} v${plan.version} of ${order} is not there`)
  await changeStanding(needs, async (trx) => {
    if ((await trx.subscriptions.get(id)) !== undefined) return undefined
    const now = needs.clock.now()
    const bought = { id, organization, plan: plan.name, version: plan.version, reason: null, renews: true, startedAt: now }
    const subscription = subscribed(bought, terms, now)
    const row = rowOf(subscription, terms, 1, now)
    await trx.insertSubscription(row)
    await tellSubscription({ trx, now, random: needs.random }, undefined, row, terms)
    const after = { ...presentSubscription(subscription, terms, now), topUp: order }
    await noteDeed(needs, trx, { action: 'subscription.create', subject: id, organization, after })
    return true
  })
  await collect(collectingOn(needs), id)
}

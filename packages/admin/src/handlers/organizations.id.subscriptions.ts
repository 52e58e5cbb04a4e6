import { subscribed, type PlanTerms, type Subscription } from '@faregate/billing'
import { freshId, visibleOrganization, type Call, type Handlers } from '../call.ts'
import { changeConfiguration } from '../change.ts'
import { rowOf } from '../collecting.ts'
import { pageOf, pagingOf } from '../paging.ts'
import { presentSubscription } from '../present/subscriptions.ts'
import { timeOf } from '../present/time.ts'
import { found, invalid } from '../refusal.ts'
import { paid, planOnSale } from '../subscribing.ts'
import { tellSubscription } from '../subscription-events.ts'

export const organizationsIdSubscriptions: Handlers<'listSubscriptions' | 'createSubscription'> = {
  async listSubscriptions(call) {
    const { deps } = call
    const { id } = await visibleOrganization(call, call.params.id)
    const rows = await deps.store.read.subscriptions.list(pagingOf(call.query), id)
    const terms = new Map((await deps.store.read.plans.list()).map((plan) => [`${plan.name} ${plan.version}`, plan]))
    const now = deps.clock.now()
    return pageOf(
      rows,
      call.query.limit,
      ({ subscription }) => subscription.id,
      ({ subscription }) => {
        const { plan, version } = subscription
        return presentSubscription(subscription, found(terms.get(`${plan} ${version}`), 'plan', plan), now)
      },
    )
  },

  async createSubscription(call) {
    const { id: organization } = await visibleOrganization(call, call.params.id)
    const terms = await planOnSale(call, call.body.plan)
    if (terms.approval && call.body.reason === undefined) invalid('/reason', 'this plan asks for approval: say what it is for')
    const now = call.deps.clock.now()
    const subscription = withHistory(call, terms, {
      id: freshId(call, 'sub'),
      organization,
      plan: terms.name,
      version: terms.version,
      reason: call.body.reason ?? null,
      renews: call.body.renews,
      startedAt: timeOf(call.body.startedAt ?? null) ?? now,
    })
    await changeConfiguration(call, async (trx) => {
      const row = rowOf(subscription, terms, 1, now)
      await trx.insertSubscription(row)
      await tellSubscription({ trx, now, random: call.deps.random }, undefined, row, terms)
      const answer = presentSubscription(subscription, terms, now)
      return { event: { action: 'subscription.create', subject: subscription.id, organization, after: answer }, answer }
    })
    return paid(call, subscription.id)
  },
}

/** What began elsewhere goes on here: the operator says since when, and until when it is paid. */
function withHistory(call: Call<'createSubscription'>, terms: PlanTerms, of: Parameters<typeof subscribed>[0]): Subscription {
  const { body, credential, deps } = call
  const told = body.startedAt === undefined ? (body.paidUntil === undefined ? undefined : '/paidUntil') : '/startedAt'
  if (told !== undefined && credential.organization !== null) invalid(told, 'is for the operator to say')
  const now = deps.clock.now()
  if (of.startedAt > now) invalid('/startedAt', 'lies in the future')
  const subscription = subscribed(of, terms, now)
  const paidUntil = timeOf(body.paidUntil ?? null)
  if (paidUntil === null) return subscription
  // Periods go on from there, whatever day it began on.
  return { ...subscription, paidUntil, anchor: paidUntil, trialUntil: null }
}

import type { PlanVersion } from '@faregate/billing'
import { parseDecimal } from '@faregate/core'
import type { Call, Context, Handlers } from '../call.ts'
import { changeConfiguration } from '../change.ts'
import { pageOf, pagingOf, wholeList } from '../paging.ts'
import { checkOwnProducts, sellerOfPlan, sells } from '../plan-owner.ts'
import { presentPlan, presentSubscription } from '../present/subscriptions.ts'
import { overridesOf } from '../price-terms.ts'
import { found, invalid, notFound } from '../refusal.ts'

export const plans: Handlers<'listPlans' | 'createPlan' | 'getPlan' | 'listPlanSubscriptions'> = {
  async listPlans(call) {
    const newest = new Map((await call.deps.store.read.plans.list()).map((plan) => [plan.name, plan]))
    return wholeList([...newest.values()].filter((plan) => isSeen(call, plan)).map(presentPlan))
  },

  async createPlan(call) {
    const { name, organization: asked, ...sent } = call.body
    const price = parseDecimal(sent.price) ?? 0n
    if ((sent.period === 'free') !== (price === 0n)) invalid('/price', 'is zero if and only if the period is "free"')
    checkIncluded(sent)
    if (sent.paymentMethod && call.deps.rail === undefined)
      invalid('/paymentMethod', 'no payment rail is connected, so that nobody could save one')
    return changeConfiguration(call, async (trx) => {
      const before = await trx.plans.get(name)
      const organization = await sellerOfPlan(call, trx, before, asked)
      if (organization !== null) await checkOwnProducts(trx, organization, sent)
      const version = (before?.version ?? 0) + 1
      const credit = parseDecimal(sent.credit) ?? 0n
      const prices = overridesOf(sent.prices)
      const plan: PlanVersion = { ...sent, prices, price, credit, name, version, organization, createdAt: call.deps.clock.now() }
      await trx.insertPlan(plan)
      const answer = presentPlan(plan)
      const event = { action: 'plan.create', subject: name, organization, after: answer }
      return { event: before === undefined ? event : { ...event, before: presentPlan(before) }, answer }
    })
  },

  async getPlan(call) {
    const { name } = call.params
    const versions = (await call.deps.store.read.plans.list()).filter((plan) => plan.name === name && isSeen(call, plan))
    if (versions.length === 0) return notFound('plan', name)
    return wholeList(versions.toReversed().map(presentPlan))
  },

  async listPlanSubscriptions(call) {
    const { deps, credential, params, query } = call
    const versions = (await deps.store.read.plans.list()).filter((plan) => plan.name === params.name && sells(credential, plan))
    if (versions.length === 0) return notFound('plan', params.name)
    const terms = new Map(versions.map((plan) => [plan.version, plan]))
    const rows = await deps.store.read.subscriptions.ofPlan(pagingOf(query), params.name)
    const now = deps.clock.now()
    return pageOf(
      rows,
      query.limit,
      ({ subscription }) => subscription.id,
      ({ subscription }) => presentSubscription(subscription, found(terms.get(subscription.version), 'plan', params.name), now),
    )
  },
}

/** What an organization sells and does not offer to everybody is its own matter. */
function isSeen({ credential }: Pick<Context, 'credential'>, plan: PlanVersion): boolean {
  return (plan.organization ?? null) === null || plan.listed || sells(credential, plan)
}

/** A plan includes something, and a quota counts either models or APIs, of which only requests can be counted. */
function checkIncluded({ models, apis, quotas }: Pick<Call<'createPlan'>['body'], 'models' | 'apis' | 'quotas'>): void {
  if (models.length === 0 && apis.length === 0) invalid('/models', 'is empty, and so is /apis: the plan would include nothing')
  for (const [index, quota] of quotas.entries()) {
    if ((quota.models === null) === (quota.apis === null)) invalid(`/quotas/${index}`, 'names either models or apis')
    if (quota.apis !== null && quota.counts === 'tokens')
      invalid(`/quotas/${index}/counts`, 'is "tokens", of which calls of APIs take none')
  }
}

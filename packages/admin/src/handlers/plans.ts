import type { PlanVersion } from '@faregate/billing'
import { parseDecimal } from '@faregate/core'
import type { Call, Handlers } from '../call.ts'
import { changeConfiguration } from '../change.ts'
import { wholeList } from '../paging.ts'
import { presentPlan } from '../present/subscriptions.ts'
import { overridesOf } from '../price-terms.ts'
import { invalid, notFound } from '../refusal.ts'

export const plans: Handlers<'listPlans' | 'createPlan' | 'getPlan'> = {
  async listPlans({ deps }) {
    const newest = new Map((await deps.store.read.plans.list()).map((plan) => [plan.name, plan]))
    return wholeList([...newest.values()].map(presentPlan))
  },

  async createPlan(call) {
    const { name, ...sent } = call.body
    const price = parseDecimal(sent.price) ?? 0n
    if ((sent.period === 'free') !== (price === 0n)) invalid('/price', 'is zero if and only if the period is "free"')
    checkIncluded(sent)
    if (sent.paymentMethod && call.deps.rail === undefined)
      invalid('/paymentMethod', 'no payment rail is connected, so that nobody could save one')
    return changeConfiguration(call, async (trx) => {
      const before = await trx.plans.get(name)
      const version = (before?.version ?? 0) + 1
      const credit = parseDecimal(sent.credit) ?? 0n
      const prices = overridesOf(sent.prices)
      const plan: PlanVersion = { ...sent, prices, price, credit, name, version, createdAt: call.deps.clock.now() }
      await trx.insertPlan(plan)
      const answer = presentPlan(plan)
      const event = { action: 'plan.create', subject: name, organization: null, after: answer }
      return { event: before === undefined ? event : { ...event, before: presentPlan(before) }, answer }
    })
  },

  async getPlan({ deps, params: { name } }) {
    const versions = (await deps.store.read.plans.list()).filter((plan) => plan.name === name)
    if (versions.length === 0) return notFound('plan', name)
    return wholeList(versions.toReversed().map(presentPlan))
  },
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

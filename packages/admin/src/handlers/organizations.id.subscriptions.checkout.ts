import { formatAmount } from '@faregate/core'
import { visibleOrganization, type Handlers } from '../call.ts'
import { mismatch, operationId } from '../idempotency.ts'
import { connectedRail, railUnavailable } from '../payments/rail.ts'
import { checkBuyable, dueFor } from '../payments/subscribe.ts'
import { invalid } from '../refusal.ts'
import { planOnSale } from '../subscribing.ts'
import { openTopUp } from '../top-up.ts'

export const organizationsIdSubscriptionsCheckout: Handlers<'createSubscriptionCheckout'> = {
  async createSubscriptionCheckout(call) {
    const { deps, credential } = call
    const organization = await visibleOrganization(call, call.params.id)
    const rail = connectedRail(deps)
    const terms = await planOnSale(call, call.body.plan)
    checkBuyable(terms)
    const id = operationId(call, 'pay')
    const amount = dueFor(terms, deps.currency)
    const plan = { name: terms.name, version: terms.version }
    const returnTo = deps.topUpPage(organization.id)
    const opened = await openTopUp(deps, rail, { id, organization, amount, returnTo, actor: credential.id, plan })
    if (opened.status === 'taken') return mismatch()
    if (opened.status === 'unpayable') return invalid('/plan', opened.reason)
    if (opened.status === 'unavailable') return railUnavailable(opened)
    return { id, organization: organization.id, plan: plan.name, version: plan.version, amount: formatAmount(amount), url: opened.url }
  },
}

import { formatAmount } from '@faregate/core'
import { visibleOrganization, type Handlers } from '../call.ts'
import { operationId } from '../idempotency.ts'
import { connectedRail, openedOrRefused } from '../payments/rail.ts'
import { checkBuyable, dueFor } from '../payments/subscribe.ts'
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
    const url = openedOrRefused(opened, '/plan')
    return { id, organization: organization.id, plan: plan.name, version: plan.version, amount: formatAmount(amount), url }
  },
}

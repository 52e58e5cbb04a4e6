import { previewChange, type ChangePreview, type PlanVersion, type Subscription, type SubscriptionEvent } from '@faregate/billing'
import { formatAmount, walletOf } from '@faregate/core'
import type { Call, Handlers } from '../call.ts'
import { moveQuotas } from '../limit-requests/quota-targets.ts'
import { payFix } from '../pay-fix.ts'
import { presentPreview, presentSubscription } from '../present/subscriptions.ts'
import { invalid, refuse } from '../refusal.ts'
import { decide, happen, planOnSale, subscriptionOfEither, visibleSubscription } from '../subscribing.ts'

export const subscriptionsId: Handlers<'getSubscription' | 'updateSubscription' | 'decideSubscription' | 'changeSubscription'> = {
  async getSubscription(call) {
    const { subscription, terms } = await subscriptionOfEither(call, call.deps.store.read, call.params.id)
    return presentSubscription(subscription, terms, call.deps.clock.now())
  },

  updateSubscription: (call) => happen(call, call.params.id, eventOf(call.body)),

  decideSubscription(call) {
    const { decision, reason } = call.body
    if (decision === 'approve') return decide(call, call.params.id, { type: 'approve', reason: reason ?? null })
    return decide(call, call.params.id, { type: decision, reason: reason ?? invalid('/reason', 'say why') })
  },

  async changeSubscription(call) {
    const { deps, params, body } = call
    const { subscription, terms } = await visibleSubscription(call, deps.store.read, params.id)
    const to = await planOnSale(call, body.plan)
    const now = deps.clock.now()
    const change = previewChange(subscription, terms, to, now)
    const preview = presentPreview(change, { plan: to.name, version: to.version })
    if (body.preview) return { preview, subscription: presentSubscription(subscription, terms, now) }
    // Whoever sells the one plan does not approve for whoever sells the other.
    const sameSeller = (to.organization ?? null) === (terms.organization ?? null)
    if (to.approval && !(subscription.approval === 'approved' && sameSeller)) {
      return refuse({ code: 'conflict', detail: `The plan "${to.name}" asks for approval: subscribe to it.` })
    }
    await payChange(call, subscription, to, change)
    const { paidUntil, anchor } = change
    const event: SubscriptionEvent = { type: 'change', plan: to.name, version: to.version, terms: to, paidUntil, anchor }
    const shown = await happen(call, params.id, event, to)
    await moveQuotas(call, params.id)
    return { preview, subscription: shown }
  },
}

function eventOf({ event, at, reason }: Call<'updateSubscription'>['body']): SubscriptionEvent {
  if (event === 'cancel') return { type: 'cancel', at: at ?? 'period_end' }
  if (event === 'reapply') return { type: 'reapply', reason: reason ?? invalid('/reason', 'say what it is for') }
  return { type: event }
}

/**
 * Pays what a change costs, or puts back what is left over. It is named after the number of the change and where it leads, so that
 * a call that is sent again after a crash pays once.
 */
async function payChange(
  call: Call<'changeSubscription'>,
  subscription: Subscription,
  to: PlanVersion,
  { due }: ChangePreview,
): Promise<void> {
  if (due === 0n) return
  const id = `${subscription.id}.c${subscription.changes + 1}.${to.name}.${to.version}`
  const account = walletOf(subscription.organization)
  const reason = `change to plan ${to.name} v${to.version}`
  const outcome = await call.deps.ledger.submit(
    due > 0n
      ? { type: 'charge', id, account, amount: due, reason }
      : { type: 'grant', id, account, amount: -due, priority: 100, expiresAt: null, reason },
  )
  if (outcome.status !== 'insufficient' && outcome.status !== 'in_debt') return
  refuse({
    code: 'insufficient_balance',
    detail: `The change costs ${formatAmount(due)} now, which is more than the balance has.`,
    fixes: [payFix(call.deps, subscription.organization, due)],
  })
}

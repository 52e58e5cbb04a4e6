import type { Stripe } from 'stripe'
import { toMinor } from './minor-units.ts'
import type { RefundOrder, RefundOutcome } from './saved.ts'
import { factsOf, factsText, isFinal } from './stripe-errors.ts'

/** Gives a payment back, or a part of it. */
export async function refundPayment(stripe: Stripe, { id, order, amount, currency, reference }: RefundOrder): Promise<RefundOutcome> {
  const cents = toMinor(amount, currency)
  if (cents === undefined) return { status: 'refused', reason: `an amount in ${currency} cannot be that fine` }
  try {
    const payment = await paymentOf(stripe, reference)
    if (payment === undefined) return { status: 'refused', reason: 'Stripe has no payment of this order' }
    // Stripe forgets idempotency keys after a day; what a refund is for stays with it.
    const { data: made } = await stripe.refunds.list({ payment_intent: payment, limit: 100 })
    const known = made.find(({ metadata }) => metadata?.['faregate_refund'] === id)
    if (known !== undefined) return outcomeOf(known)
    const params = { payment_intent: payment, amount: cents, metadata: { faregate_refund: id, faregate_order: order } }
    return outcomeOf(await stripe.refunds.create(params, { idempotencyKey: id }))
  } catch (error) {
    const facts = factsOf(error)
    if (!isFinal(facts)) throw error
    return { status: 'refused', reason: factsText(facts) }
  }
}

/** Whether a refund stands as it was made: a bank may send it back days later. */
export async function isRefunded(stripe: Stripe, reference: string): Promise<boolean> {
  const { status } = await stripe.refunds.retrieve(reference)
  return status === 'succeeded'
}

function outcomeOf({ id: reference, status }: Stripe.Refund): RefundOutcome {
  if (status === 'succeeded') return { status: 'refunded', reference }
  return status === 'failed' || status === 'canceled' ? { status: 'refused', reason: `Stripe says ${status}` } : { status: 'pending' }
}

/** Orders that were paid on a page are known by that. */
async function paymentOf(stripe: Stripe, reference: string): Promise<string | undefined> {
  if (!reference.startsWith('cs_')) return reference
  const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(reference)
  return typeof intent === 'string' ? intent : intent?.id
}

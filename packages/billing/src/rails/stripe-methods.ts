import { createHash } from 'node:crypto'
import type { Stripe } from 'stripe'
import type { Payer, SavedMethod } from './saved.ts'
import { factsOf } from './stripe-errors.ts'

/**
 * The customer that stands for an organization; the same one while Stripe remembers the key, and afterwards the gateway does. Under
 * another name it is another call, which Stripe would refuse under the same key; in the place of one that is gone it is another, too.
 */
export async function customerOf(stripe: Stripe, { id, name, replaces = '' }: Payer): Promise<string> {
  const params = { name, metadata: { faregate_organization: id } }
  const called = createHash('sha256').update(`${name}${replaces}`).digest('hex').slice(0, 16)
  return (await stripe.customers.create(params, { idempotencyKey: `customer:${id}:${called}` })).id
}

/** Stripe's own page, where the amounts of small deposits are entered. */
export async function verificationOf(stripe: Stripe, setup: string): Promise<string | undefined> {
  const { next_action: next } = await stripe.setupIntents.retrieve(setup)
  return next?.verify_with_microdeposits?.hosted_verification_url ?? undefined
}

/** Detaches a method from its customer. */
export async function removeMethod(stripe: Stripe, method: string): Promise<void> {
  try {
    await stripe.paymentMethods.detach(method)
  } catch (error) {
    if (factsOf(error).name !== 'StripeInvalidRequestError') throw error
  }
}

/** A method as Stripe keeps it. */
export function savedMethod(method: Stripe.PaymentMethod, { id: saving, status }: Pick<Stripe.SetupIntent, 'id' | 'status'>): SavedMethod {
  const { id: reference, type: kind, card, us_bank_account: bank, sepa_debit: sepa } = method
  return {
    reference,
    kind,
    label: card?.brand ?? bank?.bank_name ?? sepa?.bank_code ?? null,
    lastFour: card?.last4 ?? bank?.last4 ?? sepa?.last4 ?? null,
    expires: card === undefined ? null : `${card.exp_year}-${String(card.exp_month).padStart(2, '0')}`,
    verified: status === 'succeeded',
    saving,
  }
}

import type { Stripe } from 'stripe'
import { toMinor } from './minor-units.ts'
import type { Begun, ChargeOutcome, MethodCharge, MethodOrder, Withdrawn } from './saved.ts'
import { factsOf } from './stripe-errors.ts'

/** What a bank says that wants to hear from the holder of the card. */
const ASKS_HOLDER = 'authentication_required'

/**
 * Begins the payment of an order, which charges nothing yet. An order has one PaymentIntent, and Stripe lets that succeed once,
 * whoever confirms it and however often.
 */
export async function beginCharge(stripe: Stripe, order: MethodOrder): Promise<Begun> {
  const { id, organization, amount, currency, title, customer } = order
  try {
    const intent = await stripe.paymentIntents.create(
      {
        amount: toMinor(amount, currency) ?? 0,
        currency: currency.toLowerCase(),
        customer,
        description: title,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        metadata: { faregate_order: id, faregate_organization: organization, faregate_automatic: 'true' },
      },
      { idempotencyKey: id },
    )
    return { status: 'begun', payment: intent.id }
  } catch (error) {
    const { name, code } = factsOf(error)
    if (name === 'StripeInvalidRequestError' && code !== undefined) return { status: 'declined', code }
    throw error
  }
}

/** Charges a saved method while nobody is there. What was lost of an earlier answer is read from the payment first. */
export async function chargeSaved(stripe: Stripe, { payment, method, attempt }: MethodCharge): Promise<ChargeOutcome> {
  const known = outcomeOf(await stripe.paymentIntents.retrieve(payment))
  if (known.status !== 'declined' && known.status !== 'action_required') return known
  try {
    const how = { payment_method: method, off_session: true }
    return outcomeOf(await stripe.paymentIntents.confirm(payment, how, { idempotencyKey: `${payment}.${method}.${attempt}` }))
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal !== undefined) return refusal
    throw error
  }
}

/** Before its first attempt a payment stands as one that was declined. */
function outcomeOf({ status, last_payment_error: error }: Stripe.PaymentIntent): ChargeOutcome {
  switch (status) {
    case 'succeeded':
      return { status: 'paid' }
    case 'processing':
      return { status: 'pending' }
    case 'canceled':
      return { status: 'void' }
    case 'requires_action':
      return { status: 'action_required', code: ASKS_HOLDER }
    default:
      return { status: 'declined', code: error?.decline_code ?? error?.code ?? status }
  }
}

/** What was refused for good: by the bank, or because the method is gone. Everything else is tried again. */
function refusalOf(error: unknown): ChargeOutcome | undefined {
  const { name, code, declineCode } = factsOf(error)
  if (name === 'StripeCardError') {
    return code === ASKS_HOLDER || declineCode === ASKS_HOLDER
      ? { status: 'action_required', code: ASKS_HOLDER }
      : { status: 'declined', code: declineCode ?? code ?? 'declined' }
  }
  const gone = name === 'StripeInvalidRequestError' && (code === 'resource_missing' || code === 'payment_method_unexpected_state')
  return gone ? { status: 'declined', code } : undefined
}

/** Cancels the payment of an order, unless it was paid or may still be. */
export async function withdrawCharge(stripe: Stripe, payment: string): Promise<Withdrawn> {
  const { status } = outcomeOf(await stripe.paymentIntents.retrieve(payment))
  if (status === 'paid' || status === 'pending' || status === 'void') return status
  await stripe.paymentIntents.cancel(payment)
  return 'void'
}

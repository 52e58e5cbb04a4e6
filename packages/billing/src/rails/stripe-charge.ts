import type { Stripe } from 'stripe'
import { toMinor } from './minor-units.ts'
import type { Begun, ChargeOutcome, MethodCharge, MethodOrder, Refusal, Standing, Withdrawn } from './saved.ts'
import { factsOf, isFinal, isMissing } from './stripe-errors.ts'

/** What a bank says that wants to hear from the holder of the card. */
const ASKS_HOLDER = 'authentication_required'
/** Where Stripe names no reason. */
const UNSAID = 'declined'

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
      // With another customer it is another call, which Stripe would refuse under the same key.
      { idempotencyKey: `${id}.${customer}` },
    )
    return { status: 'begun', payment: intent.id }
  } catch (error) {
    const facts = factsOf(error)
    if (isFinal(facts)) return { status: 'declined', code: facts.code ?? UNSAID }
    throw error
  }
}

/** How a payment stands. One that this account does not have is not to be paid any more. */
export async function standingOf(stripe: Stripe, payment: string): Promise<Standing> {
  try {
    return standingIn(await stripe.paymentIntents.retrieve(payment))
  } catch (error) {
    if (isMissing(factsOf(error))) return { status: 'void' }
    throw error
  }
}

function standingIn({ status, last_payment_error: error }: Stripe.PaymentIntent): Standing {
  switch (status) {
    case 'succeeded':
      return { status: 'paid' }
    case 'processing':
      return { status: 'pending' }
    case 'canceled':
      return { status: 'void' }
    case 'requires_action':
      return { status: 'open', refusal: { status: 'action_required', code: ASKS_HOLDER } }
    default:
      return { status: 'open', refusal: error === null ? null : refusalFor(error.code, error.decline_code) }
  }
}

/**
 * Charges a saved method while nobody is there. Only a success is believed as it is answered: a repeated attempt has the answer that
 * the first had, and a payment that somebody else tried meanwhile refuses the call. Whatever else is said, the payment itself is read.
 */
export async function chargeSaved(stripe: Stripe, { payment, method, attempt }: MethodCharge): Promise<ChargeOutcome> {
  const refusal = await confirm(stripe, payment, method, attempt)
  if (refusal === 'paid') return { status: 'paid' }
  const now = await standingOf(stripe, payment)
  if (now.status !== 'open') return now
  return refusal ?? now.refusal ?? { status: 'declined', code: UNSAID }
}

async function confirm(stripe: Stripe, payment: string, method: string, attempt: number): Promise<Refusal | 'paid' | undefined> {
  try {
    const how = { payment_method: method, off_session: true }
    const { status } = await stripe.paymentIntents.confirm(payment, how, { idempotencyKey: `${payment}.${method}.${attempt}` })
    return status === 'succeeded' ? 'paid' : undefined
  } catch (error) {
    const facts = factsOf(error)
    if (isFinal(facts)) return refusalFor(facts.code, facts.declineCode)
    throw error
  }
}

function refusalFor(code: string | undefined, declineCode: string | undefined): Refusal {
  const reason = declineCode ?? code ?? UNSAID
  return code === ASKS_HOLDER || reason === ASKS_HOLDER
    ? { status: 'action_required', code: ASKS_HOLDER }
    : { status: 'declined', code: reason }
}

/** Cancels the payment of an order, unless it was paid or may still be, be it only meanwhile. */
export async function withdrawCharge(stripe: Stripe, payment: string): Promise<Withdrawn> {
  const { status } = await standingOf(stripe, payment)
  if (status !== 'open') return status
  try {
    await stripe.paymentIntents.cancel(payment)
    return 'void'
  } catch (error) {
    const now = await standingOf(stripe, payment)
    if (now.status === 'open') throw error
    return now.status
  }
}

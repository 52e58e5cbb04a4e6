import type { Stripe } from 'stripe'
import { fromMinor } from './minor-units.ts'
import type { Report, Returning } from './port.ts'

/** A signature is believed for so long; Stripe signs anew when it sends again. */
const TOLERANCE_SECONDS = 300

interface Arrived {
  body: Buffer
  signature: string | undefined
  secret: string
  /** Milliseconds. */
  now: number
}

/** Reads an event of Stripe. Rejects where Stripe has to be asked for the order and does not answer. */
export async function readReport(stripe: Stripe, { body, signature, secret, now }: Arrived): Promise<Report> {
  if (signature === undefined) return { status: 'forged', reason: 'it has no stripe-signature' }
  let event: Stripe.Event
  try {
    event = await stripe.webhooks.constructEventAsync(body, signature, secret, TOLERANCE_SECONDS, undefined, now)
  } catch {
    return { status: 'forged', reason: 'its signature is wrong, or too old' }
  }
  switch (event.type) {
    case 'checkout.session.completed':
    case 'checkout.session.async_payment_succeeded':
      return paidBy(event.data.object)
    case 'refund.created':
    case 'refund.updated':
      return event.data.object.status === 'succeeded' ? returning(stripe, 'returned', event.data.object) : { status: 'other' }
    case 'charge.dispute.funds_withdrawn':
      return returning(stripe, 'returned', event.data.object)
    case 'charge.dispute.funds_reinstated':
      return returning(stripe, 'reinstated', event.data.object)
    default:
      return { status: 'other' }
  }
}

function paidBy(session: Stripe.Checkout.Session): Report {
  const { client_reference_id: order, metadata, amount_total: cents, currency, payment_status: state } = session
  const organization = metadata?.['faregate_organization']
  if (state !== 'paid' || order === null || organization === undefined || cents === null || currency === null) return { status: 'other' }
  const code = currency.toUpperCase()
  return { status: 'paid', order, organization, amount: fromMinor(cents, code), currency: code, reference: session.id }
}

type Movement = Pick<Stripe.Refund | Stripe.Dispute, 'id' | 'amount' | 'currency' | 'payment_intent'>

/** Refunds and disputes name the payment alone; the order stands with that. */
async function returning(
  stripe: Stripe,
  status: Returning['status'],
  { id, amount, currency, payment_intent: of }: Movement,
): Promise<Report> {
  if (of === null) return { status: 'other' }
  const { metadata } = typeof of === 'string' ? await stripe.paymentIntents.retrieve(of) : of
  const order = metadata['faregate_order']
  const organization = metadata['faregate_organization']
  if (order === undefined || organization === undefined) return { status: 'other' }
  const code = currency.toUpperCase()
  return { status, order, organization, amount: fromMinor(amount, code), currency: code, reference: id }
}

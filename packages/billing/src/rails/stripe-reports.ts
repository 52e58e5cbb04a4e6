import type { Stripe } from 'stripe'
import { fromMinor } from './minor-units.ts'
import type { Payment, Report, Returning } from './port.ts'
import { savedMethod } from './stripe-methods.ts'

/** A signature is believed for so long; Stripe signs anew when it sends again. */
const TOLERANCE_SECONDS = 300

interface Arrived {
  body: Buffer
  signature: string | undefined
  secret: string
  /** Milliseconds. */
  now: number
}

const OTHER = { status: 'other' } as const

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
      return event.data.object.mode === 'setup' ? methodOf(stripe, event.data.object.setup_intent) : paidBy(event.data.object)
    case 'setup_intent.succeeded':
      return methodOf(stripe, event.data.object)
    case 'payment_method.detached':
      return { status: 'method_removed', reference: event.data.object.id }
    case 'payment_intent.succeeded':
      return automatic(event.data.object, (payment) => ({ ...payment, status: 'paid' }))
    case 'payment_intent.payment_failed':
      return automatic(event.data.object, ({ order, organization }) => ({ status: 'failed', order, organization }))
    case 'refund.created':
    case 'refund.updated':
    case 'refund.failed':
      return refunded(stripe, event.data.object)
    case 'charge.dispute.funds_withdrawn':
      return returning(stripe, 'returned', event.data.object)
    case 'charge.dispute.funds_reinstated':
      return returning(stripe, 'reinstated', event.data.object)
    default:
      return OTHER
  }
}

function paidBy(session: Stripe.Checkout.Session): Report {
  const { client_reference_id: order, metadata, amount_total: cents, currency, payment_status: state } = session
  const organization = metadata?.['faregate_organization']
  if (state !== 'paid' || order === null || organization === undefined || cents === null || currency === null) return OTHER
  const code = currency.toUpperCase()
  return { status: 'paid', order, organization, amount: fromMinor(cents, code), currency: code, reference: session.id }
}

/** What was paid on a page is told with that page. */
function automatic(intent: Stripe.PaymentIntent, report: (payment: Payment) => Report): Report {
  const { id: reference, metadata, amount_received: received, amount, status, currency } = intent
  const { faregate_order: order, faregate_organization: organization, faregate_automatic: own } = metadata
  if (own === undefined || order === undefined || organization === undefined) return OTHER
  const code = currency.toUpperCase()
  const cents = status === 'succeeded' ? received : amount
  return report({ order, organization, amount: fromMinor(cents, code), currency: code, reference })
}

/** How a method that was saved stands now, whatever the event was about: events come in any order. */
async function methodOf(stripe: Stripe, of: string | Stripe.SetupIntent | null): Promise<Report> {
  if (of === null) return OTHER
  const intent = await stripe.setupIntents.retrieve(typeof of === 'string' ? of : of.id, { expand: ['payment_method'] })
  const { faregate_setup: setup, faregate_organization: organization } = intent.metadata ?? {}
  const { payment_method: method } = intent
  if (setup === undefined || organization === undefined || method === null || typeof method === 'string') return OTHER
  const customer = typeof method.customer === 'string' ? method.customer : method.customer?.id
  // It was removed meanwhile.
  if (customer === undefined) return OTHER
  return { status: 'method', setup, organization, customer, ...savedMethod(method, intent) }
}

type Movement = Pick<Stripe.Refund | Stripe.Dispute, 'id' | 'amount' | 'currency' | 'payment_intent'>

/** How one that we asked for stands now, whatever the event says: events come in any order. */
async function refunded(stripe: Stripe, told: Stripe.Refund): Promise<Report> {
  const { faregate_refund: own, faregate_order: order } = told.metadata ?? {}
  const refund = own === undefined ? told : await stripe.refunds.retrieve(told.id)
  if (refund.status === 'succeeded') {
    const report = await returning(stripe, 'returned', refund)
    return own === undefined || report.status !== 'returned' ? report : { ...report, refund: own }
  }
  const ended = refund.status === 'failed' || refund.status === 'canceled'
  return ended && own !== undefined && order !== undefined ? { status: 'not_refunded', refund: own, order } : OTHER
}

/** Refunds and disputes name the payment alone; the order stands with that. */
async function returning(
  stripe: Stripe,
  status: Returning['status'],
  { id, amount, currency, payment_intent: of }: Movement,
): Promise<Returning | typeof OTHER> {
  if (of === null) return OTHER
  const { metadata } = typeof of === 'string' ? await stripe.paymentIntents.retrieve(of) : of
  const order = metadata['faregate_order']
  const organization = metadata['faregate_organization']
  if (order === undefined || organization === undefined) return OTHER
  const code = currency.toUpperCase()
  return { status, order, organization, amount: fromMinor(amount, code), currency: code, reference: id }
}

import type { Stripe } from 'stripe'
import { nanoPerMinor, toMinor } from './minor-units.ts'
import type { Checkout, NoCheckout, Order, PaymentRail } from './port.ts'
import { readReport } from './stripe-reports.ts'

export interface StripeSettings {
  secretKey: string
  webhookSecret: string
  /** Where Stripe's API is. */
  apiUrl: string
}

const TIMEOUT_MS = 10_000
/** Under one idempotency key, so that a lost answer opens no second page. */
const RETRIES = 2

/** Payments through Stripe Checkout. The SDK is loaded with its first use: it would cost every start time and memory. */
export function createStripeRail(settings: StripeSettings): PaymentRail {
  let loading: Promise<Stripe> | undefined
  const stripe = (): Promise<Stripe> => (loading ??= connect(settings))
  return {
    name: 'stripe',
    checkout: async (order) => open(await stripe(), order),
    read: async (body, signature, now) => readReport(await stripe(), { body, signature, secret: settings.webhookSecret, now }),
  }
}

async function connect({ secretKey, apiUrl }: StripeSettings): Promise<Stripe> {
  const { default: StripeClient } = await import('stripe')
  const { protocol, hostname, port } = new URL(apiUrl)
  return new StripeClient(secretKey, {
    host: hostname,
    protocol: protocol === 'http:' ? 'http' : 'https',
    port: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port),
    timeout: TIMEOUT_MS,
    maxNetworkRetries: RETRIES,
    telemetry: false,
  })
}

async function open(stripe: Stripe, order: Order): Promise<Checkout | NoCheckout> {
  const { id, organization, amount, currency, title, returnTo } = order
  const cents = toMinor(amount, currency)
  if (cents === undefined) return { status: 'unpayable', reason: `an amount in ${currency} is a multiple of ${decimal(currency)}` }
  const metadata = { faregate_order: id, faregate_organization: organization }
  try {
    const session = await stripe.checkout.sessions.create(
      {
        mode: 'payment',
        client_reference_id: id,
        line_items: [{ quantity: 1, price_data: { currency: currency.toLowerCase(), unit_amount: cents, product_data: { name: title } } }],
        metadata,
        payment_intent_data: { metadata },
        success_url: returnTo,
        cancel_url: returnTo,
      },
      { idempotencyKey: id },
    )
    if (session.url === null) return unavailable('a session without a page')
    return { status: 'open', url: session.url }
  } catch (error) {
    return noCheckout(error)
  }
}

function decimal(currency: string): string {
  return (Number(nanoPerMinor(currency)) / 1e9).toString()
}

/** Only what is said of the amount is for the payer; everything else is between the operator and Stripe. */
function noCheckout(error: unknown): NoCheckout {
  const { name, code, status } = factsOf(error)
  if (code === 'amount_too_small') return { status: 'unpayable', reason: 'the amount is too small' }
  if (code === 'amount_too_large') return { status: 'unpayable', reason: 'the amount is too large' }
  return unavailable([name, status, code].filter((fact) => fact !== undefined).join(' '))
}

function unavailable(operatorDetail: string): NoCheckout {
  return { status: 'unavailable', reason: 'Stripe cannot be reached, or refuses; nothing was charged', operatorDetail }
}

/** Of an error of the SDK what names it, and no text of Stripe's, which may quote a key. */
function factsOf(error: unknown): { name: string; code?: string; status?: number } {
  if (!(error instanceof Error)) return { name: 'unknown' }
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? { status: error.statusCode } : {}
  return { name: 'type' in error && typeof error.type === 'string' ? error.type : error.name, ...code, ...status }
}

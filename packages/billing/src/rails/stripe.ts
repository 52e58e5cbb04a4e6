import type { Stripe } from 'stripe'
import { beginCharge, chargeSaved, standingOf, withdrawCharge } from './stripe-charge.ts'
import { openCheckout, openSetup, unpayable } from './stripe-checkout.ts'
import { RailUnavailable } from './stripe-errors.ts'
import { customerOf, removeMethod, verificationOf } from './stripe-methods.ts'
import { isRefunded, refundPayment } from './stripe-refund.ts'
import { readReport } from './stripe-reports.ts'
import type { PaymentRail } from './port.ts'

export interface StripeSettings {
  secretKey: string
  webhookSecret: string
  /** Where Stripe's API is. */
  apiUrl: string
}

const TIMEOUT_MS = 10_000
/** Under one idempotency key, so that a lost answer has no second effect. */
const RETRIES = 2

/** Payments through Stripe. The SDK is loaded with its first use: it would cost every start time and memory. */
export function createStripeRail(settings: StripeSettings): PaymentRail {
  let loading: Promise<Stripe> | undefined
  const stripe = (): Promise<Stripe> => (loading ??= connect(settings))
  const asked = async <T>(ask: (api: Stripe) => Promise<T>): Promise<T> => {
    const api = await stripe()
    return ask(api).catch((error: unknown) => {
      throw error instanceof RailUnavailable ? error : new RailUnavailable(error)
    })
  }
  const { origin, protocol } = new URL(settings.apiUrl)
  return {
    name: 'stripe',
    plainOrigin: protocol === 'http:' ? origin : undefined,
    checkout: async (order) => openCheckout(await stripe(), order),
    customer: (organization) => asked((api) => customerOf(api, organization)),
    setup: async (setup) => openSetup(await stripe(), setup),
    verification: (setup) => asked((api) => verificationOf(api, setup)),
    remove: (method) => asked((api) => removeMethod(api, method)),
    unpayable,
    begin: (order) => asked((api) => beginCharge(api, order)),
    standing: (payment) => asked((api) => standingOf(api, payment)),
    charge: (charge) => asked((api) => chargeSaved(api, charge)),
    withdraw: (payment) => asked((api) => withdrawCharge(api, payment)),
    refund: (refund) => asked((api) => refundPayment(api, refund)),
    refunded: (reference) => asked((api) => isRefunded(api, reference)),
    read: (body, signature, now) => asked((api) => readReport(api, { body, signature, secret: settings.webhookSecret, now })),
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

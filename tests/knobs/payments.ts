import assert from 'node:assert/strict'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { StripeStandIn } from '../support/stripe/stand-in.ts'
import type { Knobs } from './tuned.ts'

/** A gateway with a rail, and one order at it. */
async function ordering(change: (stripe: StripeStandIn) => Record<string, unknown>, check: (world: World) => Promise<void>): Promise<void> {
  const stripe = await new StripeStandIn().listen()
  const settings = { secretKey: stripe.secretKey, webhookSecret: stripe.webhookSecret, apiUrl: stripe.url, ...change(stripe) }
  const gateway = await startGateway({ config: { payments: { stripe: settings } } })
  try {
    stripe.endpoint = `${gateway.url}/api/payments/stripe/webhook`
    const organization = await gateway.api.organization('Acme')
    const order = async () => (await gateway.api.call('POST', `/api/organizations/${organization}/top-ups`, { amount: '5.00' })).status
    await check({ gateway, stripe, order })
  } finally {
    await gateway.stop()
    await stripe.close()
  }
}

interface World {
  gateway: Gateway
  stripe: StripeStandIn
  order: () => Promise<number>
}

/** Settings of the payment rails. */
export const PAYMENT_KNOBS: Knobs = {
  'payments.stripe.secretKey': () =>
    ordering(
      () => ({ secretKey: 'sk_test_ofAnotherAccount' }),
      async ({ order }) => assert.equal(await order(), 503),
    ),

  'payments.stripe.webhookSecret': () =>
    ordering(
      () => ({ webhookSecret: 'whsec_ofAnotherEndpoint' }),
      async ({ stripe, order }) => {
        assert.equal(await order(), 201)
        const session = stripe.pay([...stripe.sessions.values()].at(-1) ?? stripe.sessionAt(''))
        assert.equal((await stripe.tell(session)).status, 400)
        assert.equal((await stripe.tell(session, { secret: 'whsec_ofAnotherEndpoint' })).status, 200)
      },
    ),

  'payments.stripe.apiUrl': () =>
    ordering(
      () => ({ apiUrl: 'http://127.0.0.1:9' }),
      async ({ stripe, order }) => {
        assert.equal(await order(), 503)
        assert.equal(stripe.calls, 0)
      },
    ),
}

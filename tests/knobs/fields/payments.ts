import assert from 'node:assert/strict'
import { eventually } from '../../support/wait.ts'
import type { FieldWorld, Rows } from './world.ts'

/** An organization with a saved card. */
async function carded(world: FieldWorld, credit = ''): Promise<string> {
  const { organization } = await world.customer({}, {}, credit)
  const path = `/api/organizations/${organization}/payment-methods`
  const { url } = await world.api.expect<{ url: string }>(201, 'POST', path, {})
  await world.stripe.save(world.stripe.sessionAt(url))
  return organization
}

/** The same, topped up by itself. */
async function automatic(world: FieldWorld, terms: Record<string, unknown>, credit?: string): Promise<string> {
  const organization = await carded(world, credit)
  const body = { below: '1.00', amount: '5.00', monthlyCeiling: '50.00', ...terms }
  await world.api.expect(200, 'PUT', `/api/organizations/${organization}/auto-top-up`, body)
  return organization
}

/** A top-up of 5.00 that was paid. */
async function paid(world: FieldWorld): Promise<{ organization: string; id: string }> {
  const { organization } = await world.customer({}, {}, '')
  const path = `/api/organizations/${organization}/top-ups`
  const { id, url } = await world.api.expect<{ id: string; url: string }>(201, 'POST', path, { amount: '5.00' })
  await world.stripe.tell(world.stripe.pay(world.stripe.sessionAt(url)))
  return { organization, id }
}

/** Resolves once so much was granted. */
async function granted(world: FieldWorld, organization: string): Promise<string> {
  return eventually(async () => {
    const { granted: all } = await world.api.balance(organization)
    assert.notEqual(all, '0.00')
    return all
  })
}

/** Every field of the calls of payment methods, automatic top-ups and refunds. */
export const PAYMENT_ROWS: Record<string, Rows> = {
  updatePaymentMethod: {
    default: {
      a: true,
      b: false,
      see: async (world, value) => {
        const organization = await carded(world)
        const { data } = await world.api.expect<{ data: { id: string }[] }>(
          200,
          'GET',
          `/api/organizations/${organization}/payment-methods`,
        )
        return (await world.api.call('PATCH', `/api/payment-methods/${data[0]?.id}`, { default: value })).status
      },
    },
  },
  setAutoTopUp: {
    below: {
      a: '1.00',
      b: '20.00',
      see: async (world, below) => {
        const organization = await automatic(world, { below }, '10.00')
        // Whoever is due after it is topped up: so would it have been.
        await granted(world, await automatic(world, {}))
        const { data } = await world.api.expect<{ data: unknown[] }>(200, 'GET', `/api/organizations/${organization}/top-ups`)
        return data.length
      },
    },
    amount: { a: '5.00', b: '6.00', see: async (world, amount) => granted(world, await automatic(world, { amount })) },
    monthlyCeiling: {
      a: '5.00',
      b: '10.00',
      see: async (world, monthlyCeiling) => {
        const organization = await automatic(world, { below: '100.00', monthlyCeiling })
        return eventually(async () => {
          const path = `/api/organizations/${organization}/auto-top-up`
          const { nextAt, paidThisMonth } = await world.api.expect<{ nextAt: string; paidThisMonth: string }>(200, 'GET', path)
          assert.ok(Date.parse(nextAt) > Date.now() + 60_000, 'not before the next month')
          return paidThisMonth
        })
      },
    },
  },
  createSubscriptionCheckout: {
    plan: {
      a: 'checkout-a',
      b: 'checkout-b',
      see: async (world, name) => {
        await world.api.expect(201, 'POST', '/api/plans', { name, price: '9.00', period: 'month', models: ['none'] })
        const { organization } = await world.customer()
        const path = `/api/organizations/${organization}/subscriptions/checkout`
        return (await world.api.expect<{ plan: string }>(201, 'POST', path, { plan: name })).plan
      },
    },
  },
  createTopUpRefund: {
    amount: {
      a: '1.00',
      b: '2.00',
      see: async (world, amount) => {
        const { organization, id } = await paid(world)
        await world.api.expect(201, 'POST', `/api/top-ups/${id}/refunds`, { amount, reason: 'r' })
        return (await world.api.balance(organization)).available
      },
    },
    reason: {
      a: 'One.',
      b: 'Two.',
      see: async (world, reason) => {
        const { id } = await paid(world)
        await world.api.expect(201, 'POST', `/api/top-ups/${id}/refunds`, { reason })
        const { data } = await world.api.expect<{ data: { reason: string }[] }>(200, 'GET', `/api/top-ups/${id}/refunds`)
        return data.map((refund) => refund.reason)
      },
    },
  },
}

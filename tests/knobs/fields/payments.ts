import assert from 'node:assert/strict'
import type { Behaviour } from '../../support/stripe/objects.ts'
import { eventually } from '../../support/wait.ts'
import { take } from './plans.ts'
import type { FieldWorld, Rows } from './world.ts'

/** What an automatic top-up is agreed on, where a row does not say otherwise. */
const TERMS = { below: '1.00', amount: '5.00', monthlyCeiling: '50.00' }

/** An organization with a saved card. */
async function carded(world: FieldWorld, credit = '', behaviour: Behaviour = 'pays'): Promise<string> {
  const { organization } = await world.customer({}, {}, credit)
  await saveCard(world, organization, behaviour)
  return organization
}

async function saveCard(world: FieldWorld, organization: string, behaviour: Behaviour = 'pays'): Promise<void> {
  const path = `/api/organizations/${organization}/payment-methods`
  const { url } = await world.api.expect<{ url: string }>(201, 'POST', path, {})
  await world.stripe.save(world.stripe.sessionAt(url), behaviour)
}

/** The same, topped up by itself. */
async function automatic(world: FieldWorld, terms: Record<string, unknown>, credit?: string): Promise<string> {
  const organization = await carded(world, credit)
  await world.api.expect(200, 'PUT', `/api/organizations/${organization}/auto-top-up`, { ...TERMS, ...terms })
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
    // The first card is declined, the second one pays.
    default: {
      a: true,
      b: false,
      see: async (world, value) => {
        const organization = await carded(world, '', 'declines')
        await saveCard(world, organization)
        const path = `/api/organizations/${organization}`
        const { data } = await world.api.expect<{ data: { id: string }[] }>(200, 'GET', `${path}/payment-methods`)
        await world.api.call('PATCH', `/api/payment-methods/${data[0]?.id}`, { default: value })
        await world.api.expect(200, 'PUT', `${path}/auto-top-up`, TERMS)
        return eventually(async () => {
          const { failedAt, paidThisMonth } = await world.api.expect<Record<string, unknown>>(200, 'GET', `${path}/auto-top-up`)
          assert.ok(failedAt !== null || paidThisMonth !== '0.00', 'it was tried')
          return paidThisMonth
        })
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
      a: 'the one that has the model',
      b: 'one that has another',
      see: async (world, value) => {
        const { plan, customer, call } = await take(world, { plan: { exclusive: true, price: '9.00' }, subscription: null })
        const other = world.fresh('other')
        await world.api.expect(201, 'POST', '/api/plans', { name: other, price: '8.00', period: 'month', models: ['none'] })
        const path = `/api/organizations/${customer.organization}/subscriptions/checkout`
        const chosen = value === 'one that has another' ? other : plan
        const { url } = await world.api.expect<{ url: string }>(201, 'POST', path, { plan: chosen })
        const session = world.stripe.pay(world.stripe.sessionAt(url))
        await world.stripe.tell(session)
        return [session.amount_total, (await call()).code]
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

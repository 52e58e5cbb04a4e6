import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { EVENT_NAMES, type EventName } from '../../packages/core/src/index.ts'
import { either, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { ENGINES } from '../support/engines.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { send } from '../support/http.ts'
import { startJumping } from '../support/next-month.ts'
import { StripeStandIn } from '../support/stripe/stand-in.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'
import { eventually } from '../support/wait.ts'
import { isSigned, Receiver } from './receiver.ts'

/** Ten tokens of output at 0.01 each: 0.10. */
const BODY = { model: 'plain', max_tokens: 10, messages: say() }
const PRICE = { price: { input: '0', output: '10000' } }
const WITHIN_MS = 30_000
const DAY_MS = 86_400_000

interface World {
  gateway: Gateway
  stripe: StripeStandIn
  upstream: Upstream
}

type Data = Record<string, unknown>

/** Whom an event is about, what makes it happen once the webhook is there, and what is told of it. */
interface Told {
  customer: Customer
  happen: () => unknown
  /** Known afterwards only: asked when the event was told. */
  data: (told: Data) => Data
}

/** What a call of the management API answers with. */
interface Shown {
  id: string
  url: string
  [member: string]: unknown
}

/** A customer whose key has a cap of which one call uses a share. */
const capped =
  (limit: string) =>
  async ({ gateway }: World): Promise<Told> => {
    const customer = await gateway.customer('1.00', { cap: { amount: limit, period: 'month' } })
    const lastFour = customer.key.slice(-4)
    const key = { cap: 'key', key: customer.keyId, lastFour, period: 'month' }
    return { customer, happen: () => gateway.chat(customer.key, BODY), data: () => ({ ...key, limit, used: '0.10' }) }
  }

/** A key that asks for more, and what is told of that. */
async function asking({ gateway }: World) {
  const customer = await gateway.customer('1.00', { cap: { amount: '0.50', period: 'day' } })
  const subject = { kind: 'cap', level: 'key', id: customer.keyId }
  const headers = { authorization: `Bearer ${customer.key}` }
  const body = { subject, value: '0.75', reason: 'a launch' }
  return { customer, subject, ask: () => send(`${gateway.url}/v1/limit-requests`, { body, headers }) }
}

/** Every event there is. */
const EVENTS: Record<EventName, (world: World) => Promise<Told>> = {
  async 'balance.low'({ gateway }) {
    const customer = await gateway.customer('1.00')
    return { customer, happen: () => gateway.chat(customer.key, BODY), data: () => ({ balance: '0.90', threshold: '0.95' }) }
  },

  'cap.80': capped('0.12'),
  'cap.100': capped('0.10'),

  async 'key.expiring'({ gateway }) {
    const customer = await gateway.customer()
    const expiresAt = new Date(Date.now() + 5 * DAY_MS).toISOString()
    const happen = () => gateway.api.expect(200, 'PATCH', `/api/keys/${customer.keyId}`, { name: 'ending', expiresAt })
    return { customer, happen, data: () => ({ key: customer.keyId, name: 'ending', lastFour: customer.key.slice(-4), expiresAt }) }
  },

  async 'subscription.changed'({ gateway }) {
    const customer = await gateway.customer('1.00')
    await gateway.api.expect(201, 'POST', '/api/plans', { name: 'asked-for', price: '0', period: 'free', models: ['*'], approval: true })
    let id = ''
    const path = `/api/organizations/${customer.organization}/subscriptions`
    const happen = async () => {
      ;({ id } = await gateway.api.expect<Shown>(201, 'POST', path, { plan: 'asked-for', reason: 'to try it' }))
    }
    const said = {
      plan: 'asked-for',
      version: 1,
      state: 'incomplete',
      blocker: 'approval_pending',
      approval: 'pending',
      reason: 'to try it',
    }
    return { customer, happen, data: () => ({ subscription: id, ...said, until: null, previous: null }) }
  },

  async 'top_up.paid'({ gateway, stripe }) {
    const customer = await gateway.customer()
    let order: Shown | undefined
    const happen = async () => {
      order = await gateway.api.expect<Shown>(201, 'POST', `/api/organizations/${customer.organization}/top-ups`, { amount: '5.00' })
      await send(order.url, { method: 'POST', body: Buffer.from('') })
    }
    assert.ok(stripe.telling)
    return {
      customer,
      happen,
      data: ({ reference }) => ({ reference, rail: 'stripe', topUp: order?.id, amount: '5.00', automatic: false }),
    }
  },

  async 'payment.failed'({ gateway, stripe }) {
    const customer = await gateway.customer('0.10')
    const base = `/api/organizations/${customer.organization}`
    const { url } = await gateway.api.expect<Shown>(201, 'POST', `${base}/payment-methods`, {})
    await stripe.save(stripe.sessionAt(url), 'declines')
    const terms = { below: '1.00', amount: '5.00', monthlyCeiling: '50.00' }
    const happen = () => gateway.api.expect(200, 'PUT', `${base}/auto-top-up`, terms)
    return {
      customer,
      happen,
      data: ({ topUp, retryAt }) => ({ topUp, retryAt, amount: '5.00', reason: 'declined', code: 'insufficient_funds' }),
    }
  },

  async 'api.alert'({ gateway, upstream }) {
    const customer = await gateway.customer('1.00')
    const service = { upstream: { baseUrl: upstream.url }, routes: [{ method: 'GET', path: '/*', price: '0.01' }] }
    await gateway.api.expect(201, 'POST', '/api/apis', { name: 'watched', organization: customer.organization, ...service })
    const alert = { kind: 'spending', above: '0.005', minutes: 1, minimumCalls: 1 }
    await gateway.api.expect(200, 'PUT', '/api/apis/watched/alerts', { alerts: [alert] })
    const happen = () => send(`${gateway.url}/watched/a`, { headers: { authorization: `Bearer ${customer.key}` } })
    return { customer, happen, data: () => ({ api: 'watched', ...alert, state: 'firing', value: '0.01' }) }
  },

  async 'retirement.changed'({ gateway, upstream }) {
    const customer = await gateway.customer('1.00')
    const service = { upstream: { baseUrl: upstream.url }, routes: [{ method: 'GET', path: '/*', price: '0.01' }] }
    await gateway.api.expect(201, 'POST', '/api/apis', { name: 'going', ...service })
    const called = await send(`${gateway.url}/going/a`, { headers: { authorization: `Bearer ${customer.key}` } })
    assert.equal(called.status, 200)
    const happen = () => gateway.api.expect(200, 'POST', '/api/apis/going/deprecate', {})
    const said = { api: 'going', state: 'deprecated', sunset: null, successor: null, link: null, calls: 1 }
    return { customer, happen, data: () => said }
  },

  async 'limit_request.opened'(world) {
    const { customer, subject, ask } = await asking(world)
    const asked = { subject, unit: 'USD', per: 'day', current: '0.50', value: '0.75', reason: 'a launch', askedBy: customer.keyId }
    return { customer, happen: ask, data: ({ request, title }) => ({ request, title, ...asked }) }
  },

  async 'limit_request.decided'(world) {
    const { customer, subject, ask } = await asking(world)
    const { id } = JSON.parse((await ask()).text) as Shown
    const decision = { decision: 'approve', value: '0.60', reason: 'for now' }
    const happen = () => world.gateway.api.expect(201, 'POST', `/api/limit-requests/${id}/decision`, decision)
    const said = { request: id, subject, unit: 'USD', state: 'approved', value: '0.60', reason: 'for now' }
    return { customer, happen, data: ({ title }) => ({ title, ...said }) }
  },

  // The last: the month ends for everybody.
  async 'invoice.issued'({ gateway }) {
    const customer = await gateway.customer()
    const billing = { mode: 'arrears', creditLimit: '1.00' }
    await gateway.api.expect(200, 'PATCH', `/api/organizations/${customer.organization}`, { billing })
    assert.equal((await gateway.chat(customer.key, BODY)).status, 200)
    const happen = () => gateway.signal('SIGUSR2')
    return { customer, happen, data: ({ invoice, period, dueAt }) => ({ invoice, period, dueAt, total: '0.10', due: '0.10' }) }
  },
}

test('every event that webhooks can tell is made to happen here, and nothing else', () => {
  assert.deepEqual(Object.keys(EVENTS).toSorted(), EVENT_NAMES.toSorted())
})

for (const { name: engineName, skip, block } of ENGINES) {
  describe(
    `over HTTP, on ${engineName}`,
    { skip },
    block((engine) => {
      const world = {} as World
      let receiver: Receiver
      let elsewhere: Receiver
      before(async () => {
        world.upstream = await startUpstream()
        world.upstream.on('plain', either(10, { usage: usage(0, 10) }))
        world.upstream.on('', ({ response }) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'))
        world.stripe = await new StripeStandIn().listen()
        world.stripe.telling = true
        const more = { ...world.stripe.configuration, publishing: { networks: ['127.0.0.0/8'] } }
        world.gateway = await startJumping({ config: configuration(world.upstream, { plain: PRICE }, more), ...engine.options })
        world.stripe.endpoint = `${world.gateway.url}/api/payments/stripe/webhook`
        ;[receiver, elsewhere] = await Promise.all([new Receiver().listen(), new Receiver().listen()])
        const stranger = await world.gateway.customer()
        await webhook(stranger, elsewhere, [...EVENT_NAMES])
      })
      after(async () => {
        await world.gateway?.stop()
        await Promise.all([receiver?.close(), elsewhere?.close(), world.stripe?.close(), world.upstream?.close()])
      })

      function webhook({ organization }: Customer, to: Receiver, events: EventName[]): Promise<{ secret: string }> {
        const body = { url: to.url, events, ...(events.includes('balance.low') ? { balanceBelow: '0.95' } : {}) }
        return world.gateway.api.expect(201, 'POST', `/api/organizations/${organization}/webhooks`, body)
      }

      for (const [type, make] of Object.entries(EVENTS) as [EventName, (typeof EVENTS)[EventName]][]) {
        test(`${type} is told once, whole and signed, to the webhook of whom it is about`, async () => {
          const { customer, happen, data } = await make(world)
          const { secret } = await webhook(customer, receiver, [type])
          await happen()
          const told = await eventually(() => {
            const [first] = receiver.ofType(type)
            assert.ok(first, `${type} has not arrived`)
            return first
          }, WITHIN_MS)
          assert.ok(isSigned(told, secret), 'with its own secret')
          assert.ok(!isSigned(told, `whsec_${Buffer.alloc(32).toString('base64')}`), 'and no other')
          assert.match(String(told.headers['webhook-id']), /^evt_/)
          const { organization, ...said } = told.event.data
          assert.equal(organization ?? null, type === 'api.alert' ? null : customer.organization)
          assert.deepEqual(said, data(said))
          for (const [member, value] of Object.entries(said)) assert.notEqual(value, undefined, member)
          assert.equal(receiver.ofType(type).length, 1)
        })
      }

      test('and nothing of it to an organization that it is not about', () => {
        const about = elsewhere.arrivals.filter(({ event }) => event.type !== 'balance.low')
        assert.deepEqual(
          about.map(({ event }) => event),
          [],
        )
      })
    }),
  )
}

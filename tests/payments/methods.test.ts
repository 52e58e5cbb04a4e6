import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { json, send } from '../support/http.ts'
import { postgresMissing } from '../support/postgres.ts'
import { eventually } from '../support/wait.ts'
import { BODY, PaymentWorld } from './world.ts'

const missing = await postgresMissing()

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  describe(`saved payment methods and refunds on ${engine}`, { skip: engine === 'PostgreSQL' && missing }, () => {
    let world: PaymentWorld
    before(async () => {
      world = await PaymentWorld.start(engine)
    })
    after(() => world?.stop())

    test('a method is saved on a page of Stripe, listed, and told twice it is there once; the first is the one that is charged', async () => {
      const { organization } = await world.gateway.customer()
      const path = `/api/organizations/${organization}/payment-methods`
      const opened = await world.gateway.api.expect<{ url: string }>(201, 'POST', path, {}, { 'idempotency-key': 'once' })
      const again = await world.gateway.api.expect<{ url: string }>(201, 'POST', path, {}, { 'idempotency-key': 'once' })
      assert.equal(again.url, opened.url)
      const session = world.stripe.sessionAt(opened.url)
      assert.deepEqual([session.mode, session.amount_total], ['setup', null])
      const card = await world.stripe.save(session)
      await Promise.all(Array.from({ length: 10 }, () => world.stripe.tell(session)))
      await world.save(organization)
      const [second, first, ...others] = await world.methods(organization)
      assert.equal(others.length, 0)
      assert.deepEqual([first?.['label'], first?.['lastFour'], first?.['expires']], ['visa', card.card?.last4, '2039-12'])
      assert.deepEqual([first?.['verified'], first?.['default'], second?.['default']], [true, true, false])
      assert.ok(!JSON.stringify(first).includes(card.id), 'what Stripe calls it is told to nobody')
    })

    test('another method is charged when it is chosen, and the next when that is removed, here or at Stripe', async () => {
      const { organization } = await world.customer(undefined)
      await world.save(organization)
      const third = await world.save(organization)
      const [newest, second, first] = await world.methods(organization)
      const chosen = await world.gateway.api.expect<Record<string, unknown>>(
        200,
        'PATCH',
        `/api/payment-methods/${String(second?.['id'])}`,
        { default: true },
      )
      assert.equal(chosen['default'], true)
      await world.gateway.api.expect(204, 'DELETE', `/api/payment-methods/${String(second?.['id'])}`)
      const left = await world.methods(organization)
      assert.deepEqual(
        left.map((method) => [method['id'], method['default']]),
        [
          [newest?.['id'], true],
          [first?.['id'], false],
        ],
      )
      await world.stripe.tellOf('payment_method.detached', world.stripe.account.detach(third.id))
      await eventually(async () =>
        assert.deepEqual(
          (await world.methods(organization)).map(({ id }) => id),
          [first?.['id']],
        ),
      )
      assert.equal((await world.methods(organization))[0]?.['default'], true)
    })

    test('a method that was removed does not come back when its saving is told again', async () => {
      const { organization } = await world.gateway.customer()
      const { url } = await world.gateway.api.expect<{ url: string }>(201, 'POST', `/api/organizations/${organization}/payment-methods`, {})
      const session = world.stripe.sessionAt(url)
      await world.stripe.save(session)
      const [method] = await world.methods(organization)
      await world.gateway.api.expect(204, 'DELETE', `/api/payment-methods/${String(method?.['id'])}`)
      assert.equal((await world.stripe.tell(session)).status, 200)
      assert.deepEqual(await world.methods(organization), [])
    })

    test('a method of another customer than the organization has is kept for nobody', async () => {
      const [customer, other] = [await world.customer(undefined), await world.customer(undefined)]
      const path = `/api/organizations/${customer.organization}/payment-methods`
      const session = world.stripe.sessionAt((await world.gateway.api.expect<{ url: string }>(201, 'POST', path, {})).url)
      world.stripe.account.save(session)
      const setup = world.stripe.account.setups.get(session.setup_intent ?? '')
      assert.ok(setup)
      setup.metadata = { ...setup.metadata, faregate_organization: other.organization }
      assert.equal((await world.stripe.tell(session)).status, 409)
      assert.deepEqual([(await world.methods(customer.organization)).length, (await world.methods(other.organization)).length], [1, 1])
    })

    test('whoever has the link saves a method there, and verifies one that waits; nobody else does', async () => {
      const { organization, key } = await world.gateway.customer()
      const plan = { name: `carded-${engine.toLowerCase()}`, price: '0', period: 'free', models: ['plain'], paymentMethod: true }
      await world.gateway.api.expect(201, 'POST', '/api/plans', plan)
      await world.gateway.api.expect(201, 'POST', `/api/organizations/${organization}/subscriptions`, { plan: plan.name })
      const refused = await world.refusedWith(key, 'payment_method_required')
      const link = (json(refused)['fixes'] as { url: string }[])[0]?.url ?? ''
      assert.equal((await send(`${world.gateway.url}/payment-method/${organization}.${'0'.repeat(32)}`)).status, 404)
      assert.equal((await send(link.replace('payment-method', 'top-up'))).status, 404, 'a link leads to one page')
      const page = await send(link)
      assert.equal(page.status, 200)
      assert.match(page.text, /A payment method for Acme/)
      assert.ok(String(page.headers['content-security-policy']).includes(`form-action 'self' https: ${world.stripe.url}`))
      const form = { 'content-type': 'application/x-www-form-urlencoded' }
      const sent = await send(link, { method: 'POST', body: Buffer.from(''), headers: form })
      assert.equal(sent.status, 303)
      await world.stripe.save(world.stripe.sessionAt(String(sent.headers['location'])), 'pays', 'us_bank_account')
      await world.refusedWith(key, 'payment_method_unverified')
      assert.match((await send(link)).text, /Verify the one that waits/)
      const verifying = await send(link, { method: 'POST', body: Buffer.from('do=verify'), headers: form })
      assert.equal(verifying.status, 303)
      assert.equal((await send(String(verifying.headers['location']), { method: 'POST', body: Buffer.from('') })).status, 200)
      await eventually(async () => assert.equal(json(await world.gateway.chat(key, BODY))['code'], 'insufficient_balance'))
    })

    test('a top-up is given back as far as it is unspent, once for each refund, and the ledger says so', async () => {
      const customer = await world.gateway.customer()
      const { organization, key } = customer
      const order = await world.gateway.api.expect<{ id: string; url: string }>(201, 'POST', `/api/organizations/${organization}/top-ups`, {
        amount: '5.00',
      })
      const refund = (body: Record<string, unknown>, once?: string) =>
        world.gateway.api.call('POST', `/api/top-ups/${order.id}/refunds`, body, once === undefined ? {} : { 'idempotency-key': once })
      assert.equal((await refund({ reason: 'r' })).status, 409, 'it is not paid yet')
      await world.stripe.tell(world.stripe.pay(world.stripe.sessionAt(order.url)))
      assert.equal((await world.gateway.chat(key, BODY)).status, 200)
      const answers = await Promise.all(Array.from({ length: 5 }, () => refund({ amount: '1.00', reason: 'asked for' }, 'one')))
      assert.ok(
        answers.every(({ status }) => status === 201 || status === 409),
        answers.map(({ status }) => status).join(),
      )
      assert.equal((await world.gateway.api.balance(organization)).available, '3.90')
      assert.equal((await refund({ amount: '4.00', reason: 'too much' })).status, 409)
      const rest = await refund({ reason: 'all of it' })
      assert.deepEqual([rest.status, json(rest)['amount'], json(rest)['state']], [201, '3.90', 'refunded'])
      assert.equal((await world.gateway.api.balance(organization)).available, '0.00')
      assert.equal((await refund({ reason: 'more' })).status, 409)
      const given = [...world.stripe.account.refunds.values()].filter(({ metadata }) => metadata['faregate_order'] === order.id)
      assert.deepEqual(new Set(given.map(({ amount }) => amount)), new Set([100, 390]))
      assert.equal(given.length, 2)
      assert.equal((await world.topUps(organization))[0]?.refunded, '4.90')
    })

    test('a refund that Stripe cannot be asked for stays pending, and is asked for again; one that it refuses gives the credit again', async () => {
      const { organization } = await world.gateway.customer()
      const pay = async () => {
        const path = `/api/organizations/${organization}/top-ups`
        const order = await world.gateway.api.expect<{ id: string; url: string }>(201, 'POST', path, { amount: '5.00' })
        const session = world.stripe.pay(world.stripe.sessionAt(order.url))
        await world.stripe.tell(session)
        return { ...order, session }
      }
      const { id, session } = await pay()
      world.stripe.account.slowRefunds = true
      const asked = await world.gateway.api.expect<{ state: string }>(201, 'POST', `/api/top-ups/${id}/refunds`, {
        amount: '2.00',
        reason: 'r',
      })
      world.stripe.account.slowRefunds = false
      assert.equal(asked.state, 'pending')
      assert.equal((await world.gateway.api.balance(organization)).available, '3.00')
      const made = [...world.stripe.account.refunds.values()].at(-1)
      assert.ok(made)
      const failed = Object.assign(made, { status: 'failed' as const })
      for (let time = 0; time < 3; time++) assert.equal((await world.stripe.tellOf('refund.failed', failed)).status, 200)
      assert.equal((await world.gateway.api.balance(organization)).available, '5.00', 'it is there again, once')
      const intent = world.stripe.account.intents.get(session.payment_intent ?? '')
      assert.ok(intent)
      // Somebody has given it back in the dashboard, and the gateway was not told of it yet.
      world.stripe.telling = false
      world.stripe.account.createRefund({ payment_intent: intent.id, amount: '500', metadata: {} })
      world.stripe.telling = true
      const refused = await world.gateway.api.expect<{ state: string }>(201, 'POST', `/api/top-ups/${id}/refunds`, { reason: 'r' })
      assert.equal(refused.state, 'refused')
      assert.equal((await world.gateway.api.balance(organization)).available, '5.00')
    })

    test('a plan is bought on a page of Stripe: the organization is subscribed once, in the version that was paid, and its period is paid', async () => {
      const { organization } = await world.gateway.customer()
      const name = `bought-${engine.toLowerCase()}`
      const plan = { name, price: '9.00', period: 'month', models: ['plain'] }
      await world.gateway.api.expect(201, 'POST', '/api/plans', plan)
      const path = `/api/organizations/${organization}/subscriptions`
      const order = await world.gateway.api.expect<{ amount: string; url: string }>(201, 'POST', `${path}/checkout`, { plan: name })
      assert.equal(order.amount, '9.00')
      await world.gateway.api.expect(201, 'POST', '/api/plans', { ...plan, price: '12.00' })
      const session = world.stripe.pay(world.stripe.sessionAt(order.url))
      const told = await Promise.all(Array.from({ length: 10 }, () => world.stripe.tell(session)))
      assert.ok(told.some(({ status }) => status === 200))
      assert.equal((await world.stripe.tell(session)).status, 200)
      const { data } = await world.gateway.api.expect<{ data: Record<string, unknown>[] }>(200, 'GET', path)
      assert.deepEqual(
        data.map(({ plan: of, version, state, periods }) => [of, version, state, periods]),
        [[name, 1, 'active', 1]],
      )
      const { granted, posted, available } = await world.gateway.api.balance(organization)
      assert.deepEqual([granted, posted, available], ['9.00', '9.00', '0.00'])
    })

    test('what costs nothing now, or asks for approval, is subscribed to, not bought', async () => {
      const { organization } = await world.gateway.customer()
      const buy = (plan: string) => world.gateway.api.call('POST', `/api/organizations/${organization}/subscriptions/checkout`, { plan })
      for (const [kind, terms] of Object.entries({
        free: { price: '0', period: 'free' },
        trial: { trialDays: 14 },
        asking: { approval: true },
      })) {
        const name = `${kind}-${engine.toLowerCase()}`
        await world.gateway.api.expect(201, 'POST', '/api/plans', { name, price: '9.00', period: 'month', models: ['plain'], ...terms })
        assert.equal((await buy(name)).status, 409, kind)
      }
      assert.equal((await buy('nothing-of-that-name')).status, 404)
    })

    test('leaves the ledger right', async () => {
      const { ok } = await world.gateway.api.expect<{ ok: boolean }>(200, 'GET', '/api/ledger/verify')
      assert.ok(ok)
    })
  })
}

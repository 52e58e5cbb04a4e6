import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { json, send } from '../support/http.ts'
import { postgresMissing } from '../support/postgres.ts'
import { eventually } from '../support/wait.ts'
import { Receiver } from '../webhooks/receiver.ts'
import { BODY, PaymentWorld } from './world.ts'

const missing = await postgresMissing()

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  describe(`automatic top-ups on ${engine}`, { skip: engine === 'PostgreSQL' && missing }, () => {
    let world: PaymentWorld
    let receiver: Receiver
    before(async () => {
      world = await PaymentWorld.start(engine)
      receiver = await new Receiver().listen()
      const events = ['top_up.paid', 'payment.failed']
      await world.gateway.api.expect(201, 'POST', '/api/webhooks', { url: receiver.url, events })
    })
    after(async () => {
      await world?.stop()
      await receiver?.close()
    })

    /** What the webhook was told of an organization. */
    const told = (type: string, organization: string) =>
      receiver.ofType(type).flatMap(({ event: { data } }) => (data['organization'] === organization ? [data] : []))

    test('a balance that falls below the threshold is topped up once, whoever sees it, and the webhook is told', async () => {
      const { organization, key } = await world.customer('1.05')
      await world.automatic(organization)
      assert.deepEqual(await world.topUps(organization), [], 'it is not below yet')
      assert.equal((await world.gateway.chat(key, BODY)).status, 200)
      await world.granted(organization, '6.05')
      const [order, ...others] = await world.topUps(organization)
      assert.deepEqual([order?.automatic, order?.state, order?.amount, others.length], [true, 'paid', '5.00', 0])
      assert.deepEqual(world.paymentsOf(organization), [500])
      const standing = await world.standing(organization)
      assert.deepEqual([standing['state'], standing['paidThisMonth']], ['ready', '5.00'])
      await eventually(() => assert.equal(told('top_up.paid', organization).length, 1))
      const [event] = told('top_up.paid', organization)
      assert.deepEqual([event?.['topUp'], event?.['amount'], event?.['automatic']], [order?.id, '5.00', true])
    })

    test('no call waits for a payment: while Stripe does not answer they are served from what there is, and refused at once', async () => {
      const { organization, key } = await world.customer('0.10')
      const release = world.stripe.hold()
      try {
        const earlier = world.stripe.calls
        await world.automatic(organization)
        await eventually(() => assert.ok(world.stripe.calls > earlier, 'a payment is under way'))
        assert.equal((await world.gateway.chat(key, BODY)).status, 200)
        const refused = await world.gateway.chat(key, BODY)
        assert.deepEqual([refused.status, json(refused)['code']], [402, 'insufficient_balance'])
      } finally {
        release()
      }
      await world.granted(organization, '5.10', 30_000)
      assert.equal((await world.gateway.chat(key, BODY)).status, 200)
    })

    test('answers that are lost, and failures of Stripe, lead to one payment', async () => {
      const { organization } = await world.customer('0.10')
      world.stripe.faults.push('lost', 'failed', 'lost', 'failed', 'lost')
      await world.automatic(organization)
      await world.granted(organization, '5.10', 40_000)
      assert.deepEqual(world.paymentsOf(organization), [500])
    })

    test('a card that is refused is told, backs off, and stops calls with auto_topup_failed; another card pays', async () => {
      const { organization, key } = await world.customer('0.05', 'declines')
      await world.automatic(organization)
      const refused = await world.refusedWith(key, 'auto_topup_failed')
      const [fix, other] = json(refused)['fixes'] as Record<string, unknown>[]
      assert.deepEqual([fix?.['action'], fix?.['canYou'], other?.['action']], ['update_payment_method', true, 'top_up'])
      await eventually(() => assert.equal(told('payment.failed', organization).length, 1))
      const [event] = told('payment.failed', organization)
      assert.deepEqual([event?.['reason'], event?.['code']], ['declined', 'insufficient_funds'])
      const standing = await world.standing(organization)
      assert.deepEqual([standing['state'], standing['reason']], ['declined', 'insufficient_funds'])
      const wait = Date.parse(String(standing['nextAt'])) - Date.now()
      assert.ok(wait > 3_500_000 && wait < 3_700_000, `an hour, not ${wait} ms`)
      await world.save(organization)
      assert.equal((await world.methods(organization))[0]?.['default'], true, 'it is charged in the place of the one that was refused')
      await world.granted(organization, '5.05')
      await eventually(async () => assert.equal((await world.gateway.chat(key, BODY)).status, 200))
      assert.equal((await world.standing(organization))['state'], 'ready')
      assert.deepEqual(world.paymentsOf(organization), [500])
      assert.equal((await world.topUps(organization)).length, 1, 'the order that was refused is the one that is paid')
    })

    test('a bank that wants to hear from the holder stops calls with payment_action_required; paying in person mends it', async () => {
      const { organization, key } = await world.customer('0.05', 'asks')
      await world.automatic(organization)
      const refused = await world.refusedWith(key, 'payment_action_required')
      const [fix] = json(refused)['fixes'] as { action: string; url: string }[]
      assert.equal(fix?.action, 'confirm_payment')
      assert.equal((await world.standing(organization))['nextAt'], null, 'it would only be asked again')
      const form = { 'content-type': 'application/x-www-form-urlencoded' }
      const sent = await send(fix?.url ?? '', { method: 'POST', body: Buffer.from('amount=2.00'), headers: form })
      await world.stripe.tell(world.stripe.pay(world.stripe.sessionAt(String(sent.headers['location']))))
      await eventually(async () => assert.equal((await world.gateway.chat(key, BODY)).status, 200))
      await eventually(async () => assert.equal((await world.standing(organization))['state'], 'ready'))
    })

    test('a payment that is under way is credited when Stripe tells that it succeeded, and tried again when it failed', async () => {
      const { organization } = await world.customer('0.10', 'waits')
      await world.automatic(organization)
      await eventually(async () => assert.equal((await world.standing(organization))['state'], 'pending'))
      const intentOf = () =>
        [...world.stripe.account.intents.values()].find(({ metadata }) => metadata['faregate_organization'] === organization)
      const intent = intentOf()
      assert.equal(intent?.status, 'processing')
      world.stripe.account.fail(intent)
      await eventually(async () => assert.equal((await world.standing(organization))['state'], 'declined'))
      await world.automatic(organization)
      await eventually(async () => assert.equal((await world.standing(organization))['state'], 'pending'))
      world.stripe.account.succeed(intent)
      await world.granted(organization, '5.10')
      assert.deepEqual(world.paymentsOf(organization), [500])
    })

    test('no more than the ceiling is paid in a month', async () => {
      const { organization, key } = await world.customer('0.10')
      await world.automatic(organization, { below: '9.00', amount: '5.00', monthlyCeiling: '6.00' })
      await world.granted(organization, '5.10')
      await eventually(async () => assert.ok(Date.parse(String((await world.standing(organization))['nextAt'])) > Date.now() + 1_000))
      assert.equal((await world.gateway.chat(key, BODY)).status, 200)
      assert.deepEqual(world.paymentsOf(organization), [500])
      await world.automatic(organization, { below: '9.00', amount: '5.00', monthlyCeiling: '10.00' })
      await world.granted(organization, '10.10')
    })

    test('what Stripe was paid before a kill is credited after it, once', async () => {
      const { organization } = await world.customer('0.10')
      world.stripe.telling = false
      const release = world.stripe.hold()
      const earlier = world.stripe.calls
      await world.automatic(organization)
      await eventually(() => assert.ok(world.stripe.calls > earlier))
      await Promise.all(world.gateways.map((gateway) => gateway.kill('SIGKILL')))
      release()
      await Promise.all(world.gateways.map((gateway) => gateway.start()))
      world.stripe.telling = true
      await world.granted(organization, '5.10', 40_000)
      assert.deepEqual(world.paymentsOf(organization), [500])
    })

    test('there has to be a method to charge, and something to pay beforehand; amounts are what Stripe can take', async () => {
      const { api } = world.gateway
      const without = await world.gateway.customer('1.00')
      const body = { below: '1.00', amount: '5.00', monthlyCeiling: '100.00' }
      const path = (organization: string): string => `/api/organizations/${organization}/auto-top-up`
      assert.equal((await api.call('PUT', path(without.organization), body)).status, 409)
      assert.equal((await api.call('GET', path(without.organization))).status, 404)
      const { organization } = await world.customer('9.00')
      for (const wrong of [{ amount: '5.001' }, { monthlyCeiling: '4.00' }, { below: '0' }])
        assert.equal((await api.call('PUT', path(organization), { ...body, ...wrong })).status, 400, JSON.stringify(wrong))
      await world.automatic(organization)
      await api.expect(204, 'DELETE', path(organization))
      assert.equal((await api.call('GET', path(organization))).status, 404)
      await api.expect(200, 'PATCH', `/api/organizations/${organization}`, { billing: { mode: 'arrears', creditLimit: '1.00' } })
      assert.equal((await api.call('PUT', path(organization), body)).status, 409)
    })

    test('leaves the ledger right', async () => {
      const { ok } = await world.gateway.api.expect<{ ok: boolean }>(200, 'GET', '/api/ledger/verify')
      assert.ok(ok)
    })
  })
}

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { json, send } from '../support/http.ts'
import { postgresMissing } from '../support/postgres.ts'
import { eventually } from '../support/wait.ts'
import { PaymentWorld } from './world.ts'

const missing = await postgresMissing()
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  describe(`payments that go wrong on ${engine}`, { skip: engine === 'PostgreSQL' && missing }, () => {
    let world: PaymentWorld
    before(async () => {
      world = await PaymentWorld.start(engine)
    })
    after(() => world?.stop())

    const path = (organization: string): string => `/api/organizations/${organization}/auto-top-up`
    const intentOf = (organization: string) => {
      const all = [...world.stripe.account.intents.values()]
      return all.find(({ metadata }) => metadata['faregate_organization'] === organization) ?? assert.fail('there is no payment')
    }
    const stands = (organization: string, state: string) =>
      eventually(async () => assert.equal((await world.standing(organization))['state'], state))
    const available = async (organization: string) => (await world.gateway.api.balance(organization)).available

    test('a debit that is under way while the top-up is switched off and on again is the only one, and is credited', async () => {
      const { organization } = await world.customer('0.10', 'waits')
      const terms = { monthlyCeiling: '5.00' }
      await world.automatic(organization, terms)
      await stands(organization, 'pending')
      await world.gateway.api.expect(204, 'DELETE', path(organization))
      // What is charged next would be paid at once.
      await world.save(organization, 'pays')
      const [newest] = await world.methods(organization)
      await world.gateway.api.expect(200, 'PATCH', `/api/payment-methods/${String(newest?.['id'])}`, { default: true })
      await world.automatic(organization, terms)
      await new Promise((resolve) => setTimeout(resolve, 3_000))
      assert.deepEqual([world.paymentsOf(organization), (await world.topUps(organization)).length], [[], 1])
      world.stripe.account.succeed(intentOf(organization))
      await world.granted(organization, '5.10')
      await stands(organization, 'ready')
      assert.deepEqual(world.paymentsOf(organization), [500])
    })

    test('what is being charged when the top-up is switched off is withdrawn before that is answered', async () => {
      const { organization } = await world.customer('0.10', 'declines')
      await world.automatic(organization)
      await stands(organization, 'declined')
      await world.gateway.api.expect(204, 'DELETE', path(organization))
      assert.equal(intentOf(organization).status, 'canceled')
      assert.deepEqual(
        (await world.topUps(organization)).map(({ state }) => state),
        ['void'],
      )
    })

    test('what was charged before a kill is credited after it, though somebody has topped up by hand and nobody tells', async () => {
      const { organization } = await world.customer('0.10')
      world.stripe.telling = false
      const release = world.stripe.holdAnswers(/\/confirm$/)
      try {
        await world.automatic(organization)
        await eventually(() => assert.deepEqual(world.paymentsOf(organization), [500]))
        await Promise.all(world.gateways.map((gateway) => gateway.kill('SIGKILL')))
      } finally {
        release()
        await Promise.all(world.gateways.map((gateway) => gateway.start()))
      }
      try {
        await world.gateway.api.expect(201, 'POST', `/api/organizations/${organization}/grants`, { amount: '50.00', reason: 'by hand' })
        await world.granted(organization, '55.10', 40_000)
        assert.deepEqual(world.paymentsOf(organization), [500])
      } finally {
        world.stripe.telling = true
      }
    })

    test('a payment that Stripe cannot make for another reason than the bank is told, backs off, and stops nothing else', async () => {
      const { organization, key } = await world.customer('0.05', 'misfits')
      await world.automatic(organization)
      await world.refusedWith(key, 'auto_topup_failed')
      const { reason } = await world.standing(organization)
      assert.equal(reason, 'payment_method_currency_mismatch')
      await world.save(organization)
      await world.granted(organization, '5.05')
    })

    test('another account at Stripe is noticed: what was begun there is void, and a method is saved for another customer', async () => {
      const { organization, key } = await world.customer('0.05', 'declines')
      await world.automatic(organization)
      await stands(organization, 'declined')
      world.stripe.account.intents.clear()
      world.stripe.account.customers.clear()
      await world.automatic(organization)
      const refused = await eventually(async () => {
        const answer = await world.refusedWith(key, 'auto_topup_failed')
        assert.equal((await world.standing(organization))['reason'], 'resource_missing')
        return answer
      })
      const [fix] = json(refused)['fixes'] as { url: string }[]
      const sent = await send(fix?.url ?? '', { method: 'POST', body: Buffer.from(''), headers: FORM })
      assert.equal(sent.status, 303, sent.text)
      await world.stripe.save(world.stripe.sessionAt(String(sent.headers['location'])))
      await world.granted(organization, '5.05')
      assert.equal((await world.methods(organization)).length, 1, 'those of the customer who is gone are gone')
    })

    /** A top-up of 5.00 that was paid on a page. */
    async function paid() {
      const { organization } = await world.gateway.customer()
      const order = await world.gateway.api.expect<{ id: string; url: string }>(201, 'POST', `/api/organizations/${organization}/top-ups`, {
        amount: '5.00',
      })
      const session = world.stripe.pay(world.stripe.sessionAt(order.url))
      await world.stripe.tell(session)
      const refund = (body: Record<string, unknown>) =>
        world.gateway.api.expect<{ id: string; state: string }>(201, 'POST', `/api/top-ups/${order.id}/refunds`, { reason: 'r', ...body })
      return { organization, id: order.id, session, refund, intent: session.payment_intent ?? '' }
    }

    test('a refund that Stripe refused and that succeeds after all takes the credit back that was given again', async () => {
      const { organization, id, refund, intent } = await paid()
      world.stripe.telling = false
      const other = world.stripe.account.createRefund({ payment_intent: intent, amount: '500', metadata: {} })
      world.stripe.telling = true
      const refused = await refund({})
      assert.deepEqual([refused.state, await available(organization)], ['refused', '5.00'])
      Object.assign(other, { status: 'failed' })
      const metadata = { faregate_refund: refused.id, faregate_order: id }
      const made = world.stripe.account.createRefund({ payment_intent: intent, amount: '500', metadata })
      await eventually(async () => assert.equal(await available(organization), '0.00'))
      assert.equal((await world.stripe.tellOf('refund.updated', made)).status, 200)
      assert.equal(await available(organization), '0.00')
    })

    test('a success of a refund that is told after it has failed takes nothing back', async () => {
      const { organization, refund } = await paid()
      assert.equal((await refund({ amount: '2.00' })).state, 'refunded')
      const made = [...world.stripe.account.refunds.values()].at(-1)
      assert.ok(made)
      const earlier = { ...made }
      Object.assign(made, { status: 'failed' })
      assert.equal((await world.stripe.tellOf('refund.failed', made)).status, 200)
      assert.equal(await available(organization), '5.00')
      assert.equal((await world.stripe.tellOf('refund.created', earlier)).status, 200)
      assert.equal(await available(organization), '5.00')
    })

    test('a refund of a payment that Stripe does not know any more is refused, and its credit is there again', async () => {
      const { organization, session, refund } = await paid()
      world.stripe.sessions.delete(session.id)
      assert.equal((await refund({})).state, 'refused')
      assert.equal(await available(organization), '5.00')
    })

    test('no text of an error of Stripe is in the log', async () => {
      const { session } = await paid()
      world.stripe.faults.push('failed', 'failed', 'failed')
      assert.equal((await world.stripe.tellReturn(session, 'refund.updated', { id: 're_log', cents: 500 })).status, 503)
      assert.match(world.gateway.output, /a report of a payment could not be booked yet/)
      for (const { output } of world.gateways) assert.doesNotMatch(output, /An unknown error occurred/)
    })

    test('leaves the ledger right', async () => {
      const { ok } = await world.gateway.api.expect<{ ok: boolean }>(200, 'GET', '/api/ledger/verify')
      assert.ok(ok)
    })
  })
}

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { either, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { header, json, send } from '../support/http.ts'
import { createDatabase, postgresMissing } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { StripeStandIn } from '../support/stripe/stand-in.ts'
import type { Session } from '../support/stripe/stand-in.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'

const missing = await postgresMissing()
const BODY = { model: 'plain', max_tokens: 10, messages: say() }
const PRICE = { price: { input: '0', output: '10000' } }

interface Fix {
  kind: string
  action: string
  canYou: boolean
  url: string
  minAmount: string
}

interface Opened {
  id: string
  url: string
}

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  describe(`top-ups through Stripe on ${engine}`, { skip: engine === 'PostgreSQL' && missing }, () => {
    let upstream: Upstream
    let stripe: StripeStandIn
    let database: TestDatabase | undefined
    let gateway: Gateway
    before(async () => {
      upstream = await startUpstream()
      upstream.on('plain', either(10, { usage: usage(0, 10) }))
      stripe = await new StripeStandIn().listen()
      database = engine === 'PostgreSQL' ? await createDatabase() : undefined
      gateway = await startGateway({
        config: configuration(upstream, { plain: PRICE }, stripe.configuration),
        ...(database === undefined ? {} : { databaseUrl: database.url }),
      })
      stripe.endpoint = `${gateway.url}/api/payments/stripe/webhook`
    })
    after(async () => {
      await gateway?.stop()
      await stripe?.close()
      await upstream?.close()
      await database?.drop()
    })

    const topUps = ({ organization }: Customer) => `/api/organizations/${organization}/top-ups`
    const granted = async ({ organization }: Customer) => (await gateway.api.balance(organization)).granted

    async function order(customer: Customer, amount = '5.00', key?: string): Promise<Opened & { session: Session }> {
      const headers = key === undefined ? {} : { 'idempotency-key': key }
      const opened = await gateway.api.expect<Opened>(201, 'POST', topUps(customer), { amount }, headers)
      return { ...opened, session: stripe.sessionAt(opened.url) }
    }

    test('a refusal for lack of balance links to a page where anybody can pay; then the identical request is served', async () => {
      const customer = await gateway.customer()
      const refused = await gateway.chat(customer.key, BODY)
      assert.equal(refused.status, 402)
      assert.equal(json(refused)['code'], 'insufficient_balance')
      const [fix] = json(refused)['fixes'] as Fix[]
      assert.deepEqual([fix?.kind, fix?.action, fix?.canYou, fix?.minAmount], ['pay', 'top_up', true, '0.10'])
      const link = fix?.url ?? ''
      assert.ok(header(refused, 'link')?.startsWith(`<${link}>; rel="payment"`), header(refused, 'link'))
      const page = await send(link)
      assert.equal(page.status, 200)
      assert.match(page.text, /Credit for Acme/)
      const form = { 'content-type': 'application/x-www-form-urlencoded' }
      assert.equal((await send(link, { method: 'POST', body: Buffer.from('amount=nothing'), headers: form })).status, 400)
      assert.equal((await send(link, { method: 'POST', body: Buffer.from('amount=0.10'), headers: form })).status, 400)
      const sent = await send(link, { method: 'POST', body: Buffer.from('amount=5.00'), headers: form })
      assert.equal(sent.status, 303)
      const session = stripe.sessionAt(header(sent, 'location') ?? '')
      assert.equal(session.success_url, link)
      assert.equal((await gateway.chat(customer.key, BODY)).status, 402)
      assert.equal((await stripe.tell(stripe.pay(session))).status, 200)
      assert.equal((await gateway.chat(customer.key, BODY)).status, 200)
      assert.equal(await granted(customer), '5.00')
    })

    test('a link that the gateway did not make leads nowhere', async () => {
      const { organization } = await gateway.customer()
      for (const link of [organization, `${organization}.${'0'.repeat(32)}`, `${organization}.`, 'x']) {
        assert.equal((await send(`${gateway.url}/top-up/${link}`)).status, 404, link)
        assert.equal((await send(`${gateway.url}/top-up/${link}`, { method: 'POST', body: Buffer.from('amount=5.00') })).status, 404)
      }
    })

    test('an order is written down, opens one page for one idempotency key, and is listed as paid with its grant', async () => {
      const customer = await gateway.customer()
      const first = await order(customer, '7.50', 'once')
      assert.equal((await order(customer, '7.50', 'once')).url, first.url)
      const other = await gateway.api.call('POST', topUps(customer), { amount: '8.00' }, { 'idempotency-key': 'once' })
      assert.equal(other.status, 422)
      assert.deepEqual([first.session.amount_total, first.session.currency], [750, 'usd'])
      assert.equal((await stripe.tell(stripe.pay(first.session))).status, 200)
      const { data } = await gateway.api.expect<{ data: Record<string, unknown>[] }>(200, 'GET', topUps(customer))
      assert.deepEqual(
        data.map(({ id, state, reference }) => [id, state, reference]),
        [[first.id, 'paid', first.session.id]],
      )
      await gateway.api.expect(200, 'GET', `/api/grants/${String(data[0]?.['grant'])}`)
    })

    test('what is told twice, fifty times at once, and long after, is credited once', async () => {
      const customer = await gateway.customer()
      const { session } = await order(customer)
      stripe.pay(session)
      const answers = await Promise.all(Array.from({ length: 50 }, () => stripe.tell(session)))
      answers.push(await stripe.tell(session, { type: 'checkout.session.async_payment_succeeded' }))
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
      assert.equal(await granted(customer), '5.00')
    })

    test('what is forged, stale, or not what was ordered is credited to nobody', async () => {
      const [customer, other] = [await gateway.customer(), await gateway.customer()]
      const { session } = await order(customer)
      stripe.pay(session)
      const stale = Math.floor(Date.now() / 1_000) - 301
      assert.equal((await stripe.tell(session, { secret: 'whsec_somebodyElse' })).status, 400)
      assert.equal((await stripe.tell(session, { at: stale })).status, 400)
      assert.equal((await send(stripe.endpoint, { body: JSON.stringify({ type: 'checkout.session.completed' }) })).status, 400)
      const metadata = { ...session.metadata, faregate_organization: other.organization }
      assert.equal((await stripe.tell(session, { change: { metadata } })).status, 409)
      assert.equal((await stripe.tell(session, { change: { amount_total: 50_000 } })).status, 409)
      assert.equal((await stripe.tell(session, { change: { currency: 'eur' } })).status, 409)
      assert.equal((await stripe.tell(session, { change: { payment_status: 'unpaid' } })).status, 200)
      assert.equal((await stripe.tell(session, { change: { client_reference_id: 'pay_ofAnotherInstallation' } })).status, 200)
      assert.equal((await stripe.tell(session, { type: 'checkout.session.expired' })).status, 200)
      assert.deepEqual([await granted(customer), await granted(other)], ['0.00', '0.00'])
      assert.equal((await stripe.tell(session)).status, 200)
      assert.deepEqual([await granted(customer), await granted(other)], ['5.00', '0.00'])
    })

    test('a payment that is told before the order is answered is credited', async () => {
      const customer = await gateway.customer()
      stripe.faults.push('early')
      await order(customer)
      assert.equal(await granted(customer), '5.00')
    })

    test('an answer that is lost opens no second page; a rail that fails is said, and can be tried again', async () => {
      const customer = await gateway.customer()
      const earlier = stripe.sessions.size
      stripe.faults.push('lost')
      await order(customer, '5.00', 'lost')
      assert.equal(stripe.sessions.size, earlier + 1)
      stripe.faults.push('failed', 'failed', 'failed')
      const failed = await gateway.api.call('POST', topUps(customer), { amount: '6.00' }, { 'idempotency-key': 'failed' })
      assert.deepEqual([failed.status, json(failed)['code']], [503, 'payment_rail_unavailable'])
      await order(customer, '6.00', 'failed')
      assert.equal(stripe.sessions.size, earlier + 2)
      const small = await gateway.api.call('POST', topUps(customer), { amount: '0.10' })
      assert.deepEqual([small.status, json(small)['detail']], [400, '/amount: the amount is too small'])
      const fine = await gateway.api.call('POST', topUps(customer), { amount: '5.001' })
      assert.deepEqual([fine.status, json(fine)['detail']], [400, '/amount: an amount in USD is a multiple of 0.01'])
    })

    test('what is refunded is taken back, once for each refund, as far as it is not spent', async () => {
      const customer = await gateway.customer()
      const { session } = await order(customer)
      stripe.pay(session)
      const refund = (id: string, cents: number, status?: string) =>
        stripe.tellReturn(session, 'refund.created', { id, cents, ...(status === undefined ? {} : { status }) })
      assert.equal((await refund('re_1', 100)).status, 409, 'before the payment: told again later')
      assert.equal((await stripe.tell(session)).status, 200)
      assert.equal((await refund('re_1', 100, 'pending')).status, 200)
      assert.equal(await granted(customer), '5.00')
      const told = await Promise.all(Array.from({ length: 20 }, () => refund('re_1', 100)))
      assert.deepEqual(new Set(told.map(({ status }) => status)), new Set([200]))
      assert.equal(await granted(customer), '4.00')
      assert.equal((await gateway.chat(customer.key, BODY)).status, 200)
      assert.equal((await refund('re_2', 400)).status, 200)
      assert.equal((await refund('re_2', 400)).status, 200)
      const { granted: rest, posted, available } = await gateway.api.balance(customer.organization)
      assert.deepEqual([rest, posted, available], ['0.10', '0.10', '0.00'])
      assert.match(gateway.output, /"missing":"0\.10"/)
    })

    test('what is disputed is taken back, and given again, once, when the dispute is won', async () => {
      const customer = await gateway.customer()
      const { session } = await order(customer)
      await stripe.tell(stripe.pay(session))
      const dispute = { id: 'dp_1', cents: 500 }
      for (const [event, left] of [
        ['funds_withdrawn', '0.00'],
        ['funds_withdrawn', '0.00'],
        ['funds_reinstated', '5.00'],
        ['funds_reinstated', '5.00'],
      ] as const) {
        assert.equal((await stripe.tellReturn(session, `charge.dispute.${event}`, dispute)).status, 200)
        assert.equal(await granted(customer), left)
      }
    })

    test('a refund whose order Stripe does not tell is booked when it is told again', async () => {
      const customer = await gateway.customer()
      const { session } = await order(customer)
      await stripe.tell(stripe.pay(session))
      stripe.faults.push('failed', 'failed', 'failed')
      assert.equal((await stripe.tellReturn(session, 'refund.updated', { id: 're_3', cents: 500 })).status, 503)
      assert.equal((await stripe.tellReturn(session, 'refund.updated', { id: 're_3', cents: 500 })).status, 200)
      assert.equal(await granted(customer), '0.00')
    })

    test('a payment that comes in while the gateway is down is credited when it is told again', async () => {
      const customer = await gateway.customer()
      const { session } = await order(customer)
      stripe.pay(session)
      await gateway.kill('SIGKILL')
      await assert.rejects(stripe.tell(session))
      await gateway.start()
      assert.equal((await stripe.tell(session)).status, 200)
      assert.equal(await granted(customer), '5.00')
    })

    test('payments.stripe connects the rail: without it nothing of it is served, and refusals say that the operator grants', async () => {
      const without = await startGateway({ config: configuration(upstream, { plain: PRICE }) })
      try {
        const customer = await without.customer()
        const [fix] = json(await without.chat(customer.key, BODY))['fixes'] as Fix[]
        assert.deepEqual([fix?.kind, fix?.action, fix?.url], ['pay', 'grant', undefined])
        const refused = await without.api.call('POST', topUps(customer), { amount: '5.00' })
        assert.deepEqual([refused.status, json(refused)['code']], [409, 'no_payment_rail'])
        assert.equal((await send(`${without.url}/api/payments/stripe/webhook`, { body: '{}' })).status, 404)
      } finally {
        await without.stop()
      }
    })

    test('leaves the ledger right', async () => {
      const { ok } = await gateway.api.expect<{ ok: boolean }>(200, 'GET', '/api/ledger/verify')
      assert.ok(ok)
    })
  })
}

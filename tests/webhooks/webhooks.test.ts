import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { either, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { ManagementApi } from '../support/api.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { createDatabase, postgresMissing } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { eventually } from '../support/wait.ts'
import { isSigned, Receiver } from './receiver.ts'

const missing = await postgresMissing()
/** Ten tokens of output at 0.01 each. */
const BODY = { model: 'plain', max_tokens: 10, messages: say() }
const PRICE = { price: { input: '0', output: '10000' } }

interface Made {
  id: string
  secret: string
}

interface Delivery {
  event: string
  state: string
  attempts: number
  lastError: string | null
}

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  describe(`webhooks on ${engine}`, { skip: engine === 'PostgreSQL' && missing }, () => {
    let upstream: Upstream
    let database: TestDatabase | undefined
    let gateway: Gateway
    let receiver: Receiver
    let customer: Customer
    before(async () => {
      upstream = await startUpstream()
      upstream.on('plain', either(10, { usage: usage(0, 10) }))
      database = engine === 'PostgreSQL' ? await createDatabase() : undefined
      gateway = await startGateway({
        config: configuration(upstream, { plain: PRICE }, {}),
        ...(database === undefined ? {} : { databaseUrl: database.url }),
      })
      customer = await gateway.customer('1.00')
      receiver = await new Receiver().listen()
    })
    after(async () => {
      await gateway?.stop()
      await receiver?.close()
      await upstream?.close()
      await database?.drop()
    })

    function create(body: Record<string, unknown>): Promise<Made> {
      return gateway.api.expect(201, 'POST', `/api/organizations/${customer.organization}/webhooks`, { url: receiver.url, ...body })
    }

    async function deliveries(id: string): Promise<Delivery[]> {
      return (await gateway.api.expect<{ data: Delivery[] }>(200, 'GET', `/api/webhooks/${id}/deliveries`)).data
    }

    test('a balance that falls below the threshold is told, signed, while requests go on', async () => {
      const { id, secret } = await create({ events: ['balance.low'], balanceBelow: '0.95' })
      assert.equal((await gateway.chat(customer.key, BODY)).status, 200)
      const [told] = await eventually(() => {
        assert.equal(receiver.ofType('balance.low').length, 1)
        return receiver.ofType('balance.low')
      })
      assert.ok(told !== undefined && isSigned(told, secret))
      assert.ok(!isSigned(told, `whsec_${Buffer.alloc(32).toString('base64')}`))
      assert.deepEqual(told.event.data, { organization: customer.organization, balance: '0.90', threshold: '0.95' })
      const sentAt = Number(told.headers['webhook-timestamp']) * 1_000
      assert.ok(Math.abs(Date.now() - sentAt) < 60_000)
      await eventually(async () => assert.deepEqual((await deliveries(id))[0]?.state, 'delivered'))
      await gateway.api.expect(204, 'DELETE', `/api/webhooks/${id}`)
    })

    test('a delivery that a kill cuts off is made again, with the same id', async () => {
      const { id } = await create({ events: ['cap.100'] })
      receiver.answer = () => undefined
      const { event } = await gateway.api.expect<{ event: string }>(201, 'POST', `/api/webhooks/${id}/test`, {})
      await eventually(() => assert.equal(receiver.ofType('webhook.test').length, 1))
      await gateway.kill('SIGKILL')
      receiver.answer = (response) => response.writeHead(200).end()
      await gateway.start()
      await eventually(async () => assert.equal((await deliveries(id))[0]?.state, 'delivered'), 30_000)
      assert.deepEqual(new Set(receiver.ofType('webhook.test').map(({ headers }) => headers['webhook-id'])), new Set([event]))
      await gateway.api.expect(204, 'DELETE', `/api/webhooks/${id}`)
    })

    test('what fails is tried again; redirects are not followed', async () => {
      const { id } = await create({ events: ['cap.100'] })
      const earlier = receiver.arrivals.length
      receiver.answer = (response) => response.writeHead(302, { location: receiver.url }).end()
      await gateway.api.expect(201, 'POST', `/api/webhooks/${id}/test`, {})
      await eventually(async () => assert.equal((await deliveries(id))[0]?.lastError, 'it answered 302'))
      receiver.answer = (response) => response.writeHead(204).end()
      await eventually(async () => assert.equal((await deliveries(id))[0]?.state, 'delivered'), 20_000)
      assert.equal(receiver.arrivals.length - earlier, 2)
      await gateway.api.expect(204, 'DELETE', `/api/webhooks/${id}`)
    })

    test('a webhook that an organization made does not reach into the network of the gateway', async () => {
      const permissions = ['webhooks:write', 'webhooks:read']
      const { organization } = customer
      const { token } = await gateway.api.expect<{ token: string }>(201, 'POST', '/api/tokens', { name: 'n', permissions, organization })
      const own = new ManagementApi(gateway.url, token)
      const path = `/api/organizations/${organization}/webhooks`
      await own.expect(400, 'POST', path, { url: receiver.url, events: ['cap.100'] })
      const url = receiver.url.replace('127.0.0.1', 'localhost')
      const { id } = await own.expect<Made>(201, 'POST', path, { url, events: ['cap.100'] })
      const earlier = receiver.arrivals.length
      await own.expect(201, 'POST', `/api/webhooks/${id}/test`, {})
      await eventually(async () => assert.equal((await deliveries(id))[0]?.lastError, 'its address is not on the public internet'))
      assert.equal(receiver.arrivals.length, earlier)
    })
  })
}

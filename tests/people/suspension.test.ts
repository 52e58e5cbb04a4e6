import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { chunk, either, endStream, openStream, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { json, send } from '../support/http.ts'
import { createDatabase, postgresMissing } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { chatStream } from '../support/sse.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { gate } from '../support/wait.ts'

const SECRET = { FAREGATE_SECRET: Buffer.alloc(32, 7).toString('base64') }
const BODY = { model: 'plain', max_tokens: 10, messages: say() }
const withoutPostgres = await postgresMissing()

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  describe(`suspending an organization, on ${engine}`, { skip: engine === 'PostgreSQL' && withoutPostgres }, () => {
    let upstream: Upstream
    let database: TestDatabase | undefined
    /** One on SQLite, two on PostgreSQL: what is changed at the first holds at the last. */
    let gateways: Gateway[] = []
    let gateway: Gateway

    before(async () => {
      upstream = await startUpstream()
      upstream.on('plain', either(5, { usage: usage(0, 5) }))
      database = engine === 'PostgreSQL' ? await createDatabase() : undefined
      const options = { config: configuration(upstream, { plain: {}, slow: {} }), env: SECRET }
      const replicas = database === undefined ? [options] : [0, 1].map(() => ({ ...options, databaseUrl: database?.url ?? '' }))
      gateways = await Promise.all(replicas.map((replica) => startGateway(replica)))
      gateway = gateways[0] as Gateway
    })
    after(async () => {
      await Promise.all(gateways.map((one) => one.stop()))
      await upstream?.close()
      await database?.drop()
    })

    test('refuses its calls everywhere within a second, nobody else’s, and lets them pass again when it is resumed', async () => {
      const [customer, other] = [await gateway.customer('1.00'), await gateway.customer('1.00', {}, 'Other')]
      for (const one of gateways) assert.equal((await one.chat(customer.key, BODY)).status, 200)
      const path = `/api/organizations/${customer.organization}`
      await gateway.api.expect(200, 'POST', `${path}/suspend`, { reason: 'Unpaid since May.' })
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      for (const one of gateways) {
        const refused = await one.chat(customer.key, BODY)
        assert.equal(refused.status, 403, refused.text)
        assert.equal(json(refused)['code'], 'account_suspended')
        const headers = { authorization: `Bearer ${customer.key}` }
        const { verdict } = json(await send(`${one.url}/v1/explain`, { body: BODY, headers })) as { verdict: { code?: string } }
        assert.equal(verdict.code, 'account_suspended')
        const seen = json(await send(`${one.url}/v1/key`, { headers })) as { organization: { suspended: string } }
        assert.equal(seen.organization.suspended, 'Unpaid since May.')
        assert.equal((await one.chat(other.key, BODY)).status, 200)
      }
      await gateway.api.expect(409, 'POST', `${path}/suspend`, { reason: 'Again.' })
      await gateway.api.expect(200, 'POST', `${path}/resume`, {})
      await gateway.api.expect(409, 'POST', `${path}/resume`, {})
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      for (const one of gateways) assert.equal((await one.chat(customer.key, BODY)).status, 200)
      await assertSettled(gateway.api, customer.organization)
    })

    test('is named before what else stands in the way, and names the rest', async () => {
      const customer = await gateway.customer(undefined, { models: ['slow'] })
      await gateway.api.expect(200, 'POST', `/api/organizations/${customer.organization}/suspend`, { reason: 'r' })
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      const refused = json(await gateway.chat(customer.key, BODY))
      assert.deepEqual([refused['code'], refused['also']], ['account_suspended', ['permission_denied', 'insufficient_balance']])
    })

    test('lets a stream that is running end as it would have', async () => {
      const customer = await gateway.customer('1.00')
      const [arrived, suspended] = [gate(), gate()]
      upstream.on('slow', async (exchange) => {
        openStream(exchange)
        exchange.response.write(chunk(exchange.model, { content: ' the' }))
        await suspended.promise
        exchange.response.write(chunk(exchange.model, { content: ' end' }))
        endStream(exchange, usage(0, 2))
      })
      const running = gateway.chat(customer.key, { ...BODY, model: 'slow', stream: true }, { onData: () => arrived.open() })
      await arrived.promise
      await gateway.api.expect(200, 'POST', `/api/organizations/${customer.organization}/suspend`, { reason: 'r' })
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      suspended.open()
      const seen = chatStream((await running).body)
      assert.deepEqual([seen.error, seen.done, seen.pieces], [undefined, 1, 2])
      await assertSettled(gateway.api, customer.organization)
    })
  })
}

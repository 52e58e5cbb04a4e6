import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { header, send } from '../support/http.ts'
import { postgresMissing, createDatabase } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { startService } from '../support/service.ts'
import type { Service } from '../support/service.ts'
import { eventually } from '../support/wait.ts'

interface Usage {
  calls: number
  statuses: Record<string, number>
  refused: number
  paymentRequired: number
  latency: { p50: number | null; p99: number | null; calls: number }
  revenue: string
  cost: string | null
  releases: { release: number | null; calls: number; revenue: string }[]
  slots: { at: string; calls: number }[]
  refusals: { code: string; status: number; calls: number }[]
  consumers: { organization: string | null; key: string | null; calls: number; revenue: string }[]
}

const noPostgres = await postgresMissing()

for (const engine of ['sqlite', 'postgres'] as const) {
  describe(`what is told of the calls of an API, on ${engine}`, { skip: engine === 'postgres' && noPostgres }, () => {
    let service: Service
    let database: TestDatabase | undefined
    let gateway: Gateway
    let customer: Customer

    before(async () => {
      service = await startService()
      database = engine === 'postgres' ? await createDatabase() : undefined
      gateway = await startGateway(database === undefined ? {} : { databaseUrl: database.url })
      customer = await gateway.customer('0.05')
      const routes = [{ method: '*', path: '/*', price: '0.02' }]
      await gateway.api.expect(201, 'POST', '/api/apis', {
        name: 'watched',
        prefix: '/watched',
        upstream: { baseUrl: service.url },
        routes,
      })
    })
    after(async () => {
      await gateway?.stop()
      await service?.close()
      await database?.drop()
    })

    const call = (path: string, key = customer.key) =>
      send(`${gateway.url}/watched${path}`, { headers: { authorization: `Bearer ${key}` } })
    const usage = (query = '') => gateway.api.expect<Usage>(200, 'GET', `/api/apis/watched/usage${query}`)

    test('calls, statuses, refusals, consumers and revenue are what happened, and each call belongs to the release that served it', async () => {
      assert.equal((await call('/a')).status, 200)
      const routes = [{ method: '*', path: '/*', price: '0.03' }]
      await gateway.api.expect(200, 'PATCH', '/api/apis/watched', { routes })
      assert.deepEqual(
        [(await call('/b')).status, (await call('/c')).status, (await call('/status/404')).status, (await call('/d', 'fg_nothing')).status],
        [200, 402, 402, 401],
      )
      await eventually(async () => assert.equal((await usage()).calls, 5))
      const told = await usage()
      assert.deepEqual(told.statuses, { '2xx': 2, '3xx': 0, '4xx': 3, '5xx': 0, other: 0 })
      assert.deepEqual([told.refused, told.paymentRequired, told.revenue, told.cost], [3, 2, '0.05', '0.00'])
      assert.equal(nano(told.revenue), nano((await gateway.api.balance(customer.organization)).posted))
      assert.deepEqual(
        told.releases.map(({ release, calls, revenue }) => [release, calls, revenue]),
        [
          [1, 1, '0.02'],
          [2, 4, '0.03'],
        ],
      )
      assert.deepEqual(
        told.refusals.map(({ code, status, calls }) => [code, status, calls]),
        [
          ['insufficient_balance', 402, 2],
          ['credential_invalid', 401, 1],
        ],
      )
      assert.deepEqual([told.latency.calls, typeof told.latency.p50, typeof told.latency.p99], [2, 'number', 'number'])
      const [first] = told.consumers
      assert.deepEqual([first?.organization, first?.calls, first?.revenue], [customer.organization, 4, '0.05'])
      assert.equal(
        told.slots.reduce((sum, { calls }) => sum + calls, 0),
        5,
      )
    })

    test('it is narrowed by release, consumer and time; too much at once is refused', async () => {
      assert.equal((await usage('?release=1')).calls, 1)
      assert.equal((await usage(`?organization=${customer.organization}`)).calls, 4)
      assert.equal((await usage('?from=2020-01-01&to=2020-01-02')).calls, 0)
      for (const query of [
        '?from=2020-01-01&to=2021-01-01',
        '?from=2020-01-01&to=2020-02-01&by=hour',
        '?from=2020-01-02&to=2020-01-01',
        '?by=week',
      ])
        await gateway.api.expect(400, 'GET', `/api/apis/watched/usage${query}`)
      await gateway.api.expect(404, 'GET', '/api/apis/nothing/usage')
    })

    test('the record of a call names its release', async () => {
      const answer = await call('/e')
      const record = await gateway.api.record(header(answer, 'x-request-id') ?? '')
      assert.equal(record['release'], 2)
    })
  })
}

import assert from 'node:assert/strict'
import { performance } from 'node:perf_hooks'
import { after, before, describe, test } from 'node:test'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { json, send } from '../support/http.ts'
import { startService } from '../support/service.ts'
import type { Service } from '../support/service.ts'

const ROUTES = 1_000
/** From the call that publishes to its answer, when it is in force. */
const MOST_MS = 1_000

function documentOf(version: number): string {
  const operation = (id: string) => ({
    operationId: id,
    summary: id,
    responses: { 200: { description: 'It', content: { 'application/json': { example: { version } } } } },
  })
  const paths = Object.fromEntries(
    Array.from({ length: ROUTES }, (_, i) => [`/things/${i}/{id}`, { get: parameterized(operation(`thing${i}`)) }]),
  )
  return JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'Things', version: String(version) },
    paths: { ...paths, [`/v${version}`]: { get: operation(`v${version}`) } },
  })
}

function parameterized<T extends object>(operation: T) {
  return { ...operation, parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }] }
}

describe('releases of a published API under load', () => {
  let service: Service
  let gateway: Gateway
  let customer: Customer

  before(async () => {
    service = await startService()
    gateway = await startGateway()
    customer = await gateway.customer('5.00')
    await gateway.api.expect(200, 'PATCH', '/api/apis/things/draft', { upstream: { baseUrl: service.url } })
    await gateway.api.expect(200, 'POST', '/api/apis/things/import', { document: documentOf(1), free: true })
    await gateway.api.expect(201, 'POST', '/api/apis/things/releases', { revision: 2 })
  })
  after(async () => {
    await gateway?.stop()
    await service?.close()
  })

  const call = (path: string) => send(`${gateway.url}/things${path}`, { headers: { authorization: `Bearer ${customer.key}` } })

  /** Calls a route of all releases again and again while something is done, and says how each call was answered. */
  async function meanwhile(work: () => Promise<void>): Promise<number[]> {
    const statuses: number[] = []
    const done = new AbortController()
    const caller = async (): Promise<void> => {
      while (!done.signal.aborted) statuses.push((await call('/things/7/a')).status)
    }
    const callers = Array.from({ length: 4 }, caller)
    await work()
    done.abort()
    await Promise.all(callers)
    return statuses
  }

  test(`a release of ${ROUTES} routes is published within ${MOST_MS} ms, and no call is dropped`, async (t) => {
    await gateway.api.expect(200, 'POST', '/api/apis/things/import', { document: documentOf(2), free: true })
    let took = 0
    const statuses = await meanwhile(async () => {
      const started = performance.now()
      await gateway.api.expect(201, 'POST', '/api/apis/things/releases', { revision: 1 })
      took = performance.now() - started
      assert.equal((await call('/v2')).status, 200)
    })
    t.diagnostic(`published in ${Math.round(took)} ms while ${statuses.length} calls were answered`)
    assert.ok(took <= MOST_MS, `${took} ms`)
    assert.ok(statuses.length > 0 && statuses.every((status) => status === 200), String(statuses))
    assert.equal(json(await call('/v1'))['code'], 'route_unknown')
  })

  test('a rollback restores the routes of the release, and no call is dropped', async () => {
    const statuses = await meanwhile(async () => {
      await gateway.api.expect(200, 'POST', '/api/apis/things/rollback', { release: 1 })
    })
    assert.ok(
      statuses.every((status) => status === 200),
      String(statuses),
    )
    assert.deepEqual([(await call('/v1')).status, (await call('/v2')).status], [200, 404])
  })

  test('what does not answer is not published, and what is in force stays', async () => {
    await gateway.api.expect(200, 'PATCH', '/api/apis/things/draft', { upstream: { baseUrl: 'http://127.0.0.1:1' } })
    const refused = await gateway.api.call('POST', '/api/apis/things/releases', { revision: 1 })
    assert.deepEqual([refused.status, json(refused)['code']], [409, 'release_refused'])
    assert.equal((await call('/v1')).status, 200)
  })
})

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { WEATHER } from '../../packages/lifecycle/test/openapi/documents.ts'
import { assertSettled } from '../support/api.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { header, json, send } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { refusalOf } from './world.ts'

describe('the mock of an API', () => {
  let gateway: Gateway
  let customer: Customer
  let draft: string

  before(async () => {
    gateway = await startGateway()
    customer = await gateway.customer('1.00')
    draft = await imported(WEATHER)
  })
  after(() => gateway?.stop())

  /** What the document of the draft is called. */
  async function imported(document: string): Promise<string> {
    await gateway.api.expect(200, 'POST', '/api/apis/weather/import', { document })
    const { documentId } = await gateway.api.expect<{ documentId: string }>(200, 'GET', '/api/apis/weather/draft')
    return documentId
  }

  const call = (path: string, headers: Record<string, string> = {}, key = customer.key): Promise<Answer> =>
    send(`${gateway.url}/mock${path}`, { headers: { authorization: `Bearer ${key}`, ...headers } })

  test('answers before there is an upstream, plainly labelled, and charges nothing', async () => {
    const prefer = `document=${draft}`
    const answer = await call('/weather/status', { prefer })
    assert.deepEqual([answer.status, json(answer)], [200, { ok: true }])
    assert.deepEqual([header(answer, 'faregate-notice'), header(answer, 'faregate-cost')], ['mock', '0.00'])
    assert.equal((await call('/weather/forecast/berlin?days=3', { prefer })).status, 200)
    assert.equal((await assertSettled(gateway.api, customer.organization)).posted, '0.00')
    const record = await gateway.api.record(header(answer, 'x-request-id') ?? '')
    assert.deepEqual([record['api'], record['route'], record['outcome']], ['weather', 'mock', 'served'])
  })

  test('tells of a draft nobody but whoever knows its document, before a release and after', async () => {
    refusalOf(await call('/weather/status'), 404, 'route_unknown')
    const chosen = await gateway.customer('1.00')
    await gateway.api.expect(200, 'PATCH', `/api/keys/${chosen.keyId}`, { apis: ['weather'] })
    refusalOf(await call('/weather/status', {}, chosen.key), 404, 'route_unknown')
    for (const guess of ['doc_', 'weather', `doc_${'0'.repeat(64)}`])
      refusalOf(await call('/weather/status', { prefer: `document=${guess}` }), 404, 'route_unknown')
    const upstream = { baseUrl: 'http://127.0.0.1:9' }
    const { revision } = await gateway.api.expect<{ revision: number }>(200, 'PATCH', '/api/apis/weather/draft', {
      upstream,
      prices: { '*': 'free' },
    })
    await gateway.api.expect(201, 'POST', '/api/apis/weather/releases', { revision, override: ['upstream_dead'] })
    const next = await imported(WEATHER.replace('ok: true', 'ok: false'))
    assert.deepEqual(json(await call('/weather/status')), { ok: true })
    assert.deepEqual(json(await call('/weather/status', { prefer: `document=${next}` })), { ok: false })
  })

  test('counts against the limits of the key', async () => {
    const { key } = await gateway.customer('1.00', { limits: [{ kind: 'requests', amount: 1, per: 'day' }] })
    assert.equal((await call('/weather/status', {}, key)).status, 200)
    refusalOf(await call('/weather/status', {}, key), 429, 'rate_limited')
  })

  test('tells what the document does not say, and nobody anything without a key that may call the API', async () => {
    refusalOf(await call('/weather/nowhere'), 404, 'route_unknown')
    refusalOf(await call('/nothing/status'), 404, 'route_unknown')
    refusalOf(await call('/weather/status', { prefer: 'code=503' }), 404, 'route_unknown')
    assert.equal((await send(`${gateway.url}/mock/weather/status`)).status, 401)
    const models = await gateway.customer('1.00', { scopes: ['models'] })
    refusalOf(await call('/weather/status', {}, models.key), 403, 'permission_denied')
  })
})

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

  before(async () => {
    gateway = await startGateway()
    customer = await gateway.customer('1.00')
    await gateway.api.expect(200, 'POST', '/api/apis/weather/import', { document: WEATHER })
  })
  after(() => gateway?.stop())

  const call = (path: string, headers: Record<string, string> = {}, key = customer.key): Promise<Answer> =>
    send(`${gateway.url}/mock${path}`, { headers: { authorization: `Bearer ${key}`, ...headers } })

  test('answers before there is an upstream, plainly labelled, and charges nothing', async () => {
    const answer = await call('/weather/status')
    assert.deepEqual([answer.status, json(answer)], [200, { ok: true }])
    assert.deepEqual([header(answer, 'faregate-notice'), header(answer, 'faregate-cost')], ['mock', '0.00'])
    assert.equal((await call('/weather/forecast/berlin?days=3')).status, 200)
    assert.equal((await assertSettled(gateway.api, customer.organization)).posted, '0.00')
    const record = await gateway.api.record(header(answer, 'x-request-id') ?? '')
    assert.deepEqual([record['api'], record['route'], record['outcome']], ['weather', 'mock', 'served'])
  })

  test('follows the draft as it changes', async () => {
    await gateway.api.expect(200, 'POST', '/api/apis/weather/import', { document: WEATHER.replace('ok: true', 'ok: false') })
    assert.deepEqual(json(await call('/weather/status')), { ok: false })
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

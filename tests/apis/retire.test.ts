import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { header, json, send } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { startService } from '../support/service.ts'
import type { Service } from '../support/service.ts'
import { refusalOf } from './world.ts'

describe('an API that goes', () => {
  let service: Service
  let gateway: Gateway
  let customer: Customer

  before(async () => {
    service = await startService()
    gateway = await startGateway()
    customer = await gateway.customer('5.00')
    const routes = [
      { method: 'GET', path: '/things', price: '0.01' },
      { method: 'GET', path: '/headers', free: true },
    ]
    for (const name of ['old', 'new'])
      await gateway.api.expect(201, 'POST', '/api/apis', { name, prefix: `/${name}`, upstream: { baseUrl: service.url }, routes })
  })
  after(async () => {
    await gateway?.stop()
    await service?.close()
  })

  const call = (path: string, key = customer.key): Promise<Answer> =>
    send(gateway.url + path, { headers: { authorization: `Bearer ${key}` } })
  const goes = (how: string, body: Record<string, unknown> = {}) => gateway.api.expect(200, 'POST', `/api/apis/old/${how}`, body)

  test('that stays says nothing of it', async () => {
    const answer = await call('/old/things')
    for (const name of ['deprecation', 'sunset', 'faregate-notice']) assert.equal(header(answer, name), undefined)
    assert.equal(answer.status, 200)
  })

  test('that is deprecated is served and charged, and says since when, until when, and where to go', async () => {
    const sunset = new Date(Date.now() + 86_400_000).toISOString()
    await goes('deprecate', { sunset, successor: 'new', link: 'https://old.example/move' })
    const answer = await call('/old/things')
    assert.deepEqual([answer.status, header(answer, 'faregate-cost')], [200, '0.01'])
    assert.equal(header(answer, 'faregate-notice'), 'api_deprecated')
    const since = Number(/^@(\d+)$/.exec(header(answer, 'deprecation') ?? '')?.[1])
    assert.ok(Math.abs(since - Date.now() / 1000) < 60, `since ${since}`)
    assert.equal(header(answer, 'sunset'), new Date(sunset).toUTCString())
    assert.equal(
      header(answer, 'link'),
      `<${gateway.url}/new>; rel="successor-version", <https://old.example/move>; rel="deprecation"; type="text/html"`,
    )
    assert.equal(header(await call('/new/things'), 'deprecation'), undefined)
  })

  test('lists who still calls it, most first', async () => {
    const other = await gateway.customer('1.00')
    await call('/old/things', other.key)
    interface Row {
      organization: string
      key: string
      requests: number
    }
    const { data: rows } = await gateway.api.expect<{ data: Row[] }>(200, 'GET', '/api/apis/old/callers')
    assert.deepEqual(
      rows.map(({ organization, key, requests }) => [organization, key, requests]),
      [
        [customer.organization, customer.keyId, 2],
        [other.organization, other.keyId, 1],
      ],
    )
  })

  test('that is retired is refused with its successor, at no charge; a rollback does not bring it back', async () => {
    await goes('retire')
    const asked = service.calls.length
    const problem = refusalOf(await call('/old/things'), 410, 'api_retired')
    assert.equal(problem['successor'], 'new')
    refusalOf(await call('/old/nowhere'), 410, 'api_retired')
    await goes('rollback', { release: 1 })
    refusalOf(await call('/old/things'), 410, 'api_retired')
    assert.equal(service.calls.length, asked)
    const explained = await send(`${gateway.url}/v1/explain`, {
      body: { path: '/old/things', method: 'GET' },
      headers: { authorization: `Bearer ${customer.key}` },
    })
    assert.equal((json(explained)['verdict'] as { code: string }).code, 'api_retired')
    assert.equal((await send(`${gateway.url}/old/things`)).status, 401)
  })

  test('that is retired and taken off answers for nobody any more, and published again is as retired as it was', async () => {
    const { api } = gateway
    await api.expect(204, 'DELETE', '/api/apis/old')
    refusalOf(await call('/old/things'), 404, 'route_unknown')
    const routes = [{ method: 'GET', path: '/things', price: '0.01' }]
    await api.expect(201, 'POST', '/api/apis', { name: 'old', prefix: '/old', upstream: { baseUrl: service.url }, routes })
    assert.equal(refusalOf(await call('/old/things'), 410, 'api_retired')['successor'], 'new')
  })

  test('that is put back in service is served as before', async () => {
    await goes('reinstate')
    const answer = await call('/old/things')
    assert.deepEqual([answer.status, header(answer, 'deprecation')], [200, undefined])
  })

  test('takes no successor that is not there or is retired itself, and no end that has passed', async () => {
    await gateway.api.expect(200, 'POST', '/api/apis/new/retire', {})
    for (const [how, body, pointer] of [
      ['deprecate', { successor: 'nowhere' }, '/successor'],
      ['retire', { successor: 'old' }, '/successor'],
      ['retire', { successor: 'new' }, '/successor'],
      ['deprecate', { sunset: '2020-01-01T00:00:00Z' }, '/sunset'],
      ['retire', { link: 'javascript:alert(1)' }, '/link'],
    ] as const) {
      const refused = await gateway.api.call('POST', `/api/apis/old/${how}`, body)
      assert.deepEqual([refused.status, json(refused)['pointer']], [400, pointer], refused.text)
    }
  })
})

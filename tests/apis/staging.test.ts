import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { header, json, send } from '../support/http.ts'
import { startService } from '../support/service.ts'
import type { Service } from '../support/service.ts'
import { promptWorld, TRANSLATE } from './prompt-world.ts'
import { refusalOf } from './world.ts'

interface Usage {
  calls: number
  revenue: string
}

async function stagingKey(gateway: Gateway, { application }: Customer): Promise<string> {
  const path = `/api/applications/${application}/keys`
  return (await gateway.api.expect<{ key: string }>(201, 'POST', path, { name: 'of staging', stage: 'staging' })).key
}

describe('an API in staging', () => {
  let production: Service
  let staging: Service
  let gateway: Gateway
  let customer: Customer
  let key: string

  before(async () => {
    ;[production, staging] = await Promise.all([startService(), startService()])
    gateway = await startGateway({ config: { billing: { contact: 'billing@example.com' } } })
    customer = await gateway.customer('0.05')
    key = await stagingKey(gateway, customer)
    await gateway.api.expect(200, 'PATCH', '/api/apis/weather/draft', {
      upstream: { baseUrl: production.url, header: { name: 'x-secret', value: 'secret-of-production-0001' } },
      staging: { upstream: { baseUrl: staging.url, header: { name: 'x-secret', value: 'secret-of-staging-00002' } } },
      routes: [{ method: 'GET', path: '/*', price: '0.01' }],
    })
    await gateway.api.expect(201, 'POST', '/api/apis/weather/releases', { revision: 1, stage: 'staging' })
  })
  after(async () => {
    await gateway?.stop()
    await Promise.all([production?.close(), staging?.close()])
  })

  const call = (prefix: string, path: string, by = key) =>
    send(`${gateway.url}${prefix}${path}`, { headers: { authorization: `Bearer ${by}` } })
  const usage = (stage: string) => gateway.api.expect<Usage>(200, 'GET', `/api/apis/weather/usage?stage=${stage}`)

  test('is called below /staging with a key of that stage, at its upstream there, with its secret there', async () => {
    const answer = await call('/staging/weather', '/a')
    assert.deepEqual([answer.status, header(answer, 'faregate-cost')], [200, '0.01'])
    assert.deepEqual([staging.callsOf('/a').length, production.calls.length], [1, 0])
    assert.equal(staging.callsOf('/a')[0]?.headers['x-secret'], 'secret-of-staging-00002')
    assert.equal((await gateway.api.record(header(answer, 'x-request-id') ?? ''))['release'], 1)
    assert.equal((await call('/weather', '/a')).status, 404, 'nothing is in production')
  })

  test('no key reaches what is behind another stage: the one cause is told, and where its own is', async () => {
    await gateway.api.expect(200, 'POST', '/api/apis/weather/staging/promote', { release: 1 })
    assert.equal((await call('/weather', '/b', customer.key)).status, 200)
    for (const [prefix, by, called, own, elsewhere] of [
      ['/weather', key, 'production', 'staging', '/staging/weather'],
      ['/staging/weather', customer.key, 'staging', 'production', '/weather'],
    ] as const) {
      const refused = await call(prefix, '/c', by)
      const problem = refusalOf(refused, 403, 'permission_denied')
      assert.deepEqual([problem['required'], problem['granted']], [[`stage:${called}`], [`stage:${own}`]])
      const [fix] = problem['fixes'] as { action: string; url: string }[]
      assert.deepEqual([fix?.action, fix?.url], ['call_other_stage', gateway.url + elsewhere])
    }
    assert.deepEqual([production.callsOf('/c').length, staging.callsOf('/c').length], [0, 0])
    assert.equal(staging.callsOf('/b').length, 0)
  })

  test('costs what its release says, from the wallet of the key, and is counted apart from production', async () => {
    const [staged, served] = [await usage('staging'), await usage('production')]
    while ((await call('/staging/weather', '/d')).status === 200);
    assert.equal(refusalOf(await call('/staging/weather', '/d'), 402, 'insufficient_balance')['code'], 'insufficient_balance')
    const { calls, revenue } = await usage('production')
    assert.deepEqual([calls, revenue], [served.calls, served.revenue])
    assert.ok(nano((await usage('staging')).revenue) > nano(staged.revenue))
    const seen = json(await send(`${gateway.url}/v1/key`, { headers: { authorization: `Bearer ${key}` } }))
    assert.equal(seen['stage'], 'staging')
  })

  test('is what the document of the release says, and is explained as it is called', async () => {
    const explained = async (path: string, by: string) => {
      const body = JSON.stringify({ path, method: 'GET' })
      return json(await send(`${gateway.url}/v1/explain`, { method: 'POST', headers: { authorization: `Bearer ${by}` }, body }))
    }
    assert.equal((await explained('/staging/weather/a', key))['route'], 'GET /*')
    assert.equal(((await explained('/weather/a', key))['verdict'] as { code: string }).code, 'permission_denied')
  })

  test('a key of staging that is rotated stays one', async () => {
    const { data } = await gateway.api.expect<{ data: { id: string; stage: string }[] }>(200, 'GET', '/api/keys')
    const { id } = data.find(({ stage }) => stage === 'staging') ?? assert.fail()
    const rotated = await gateway.api.expect<{ stage: string; key: string }>(201, 'POST', `/api/keys/${id}/rotate`, {})
    assert.equal(rotated.stage, 'staging')
    key = rotated.key
  })

  test('goes as the API goes', async () => {
    await gateway.api.expect(200, 'POST', '/api/apis/weather/retire', {})
    assert.equal((await call('/staging/weather', '/e')).status, 410)
    await gateway.api.expect(200, 'POST', '/api/apis/weather/reinstate', {})
    await gateway.api.expect(204, 'DELETE', '/api/apis/weather/staging')
    assert.equal((await call('/staging/weather', '/e')).status, 404)
  })
})

describe('a prompt in staging', () => {
  const world = promptWorld()

  test('asks its model as its release in staging says, for keys of staging alone', async () => {
    const { api } = world.gateway
    const key = await stagingKey(world.gateway, world.customer)
    const values = { text: 'Hello', language: 'de' }
    const asked = () => (world.upstream.calls.at(-1)?.body['messages'] as { content: string }[] | undefined)?.at(-1)?.content
    await api.expect(200, 'PATCH', '/api/apis/translate/draft', { prompt: { ...TRANSLATE, user: 'Staged: {{text}}' } })
    await api.expect(201, 'POST', '/api/apis/translate/releases', { revision: 1, stage: 'staging' })
    assert.deepEqual([(await world.call(values, { key, path: '/staging/translate' })).status, asked()], [200, 'Staged: Hello'])
    assert.deepEqual([(await world.call(values)).status, asked()], [200, 'Hello'])
    assert.equal(json(await world.call(values, { key }))['code'], 'permission_denied')
    assert.equal(json(await world.call(values, { path: '/staging/translate' }))['code'], 'permission_denied')
  })
})

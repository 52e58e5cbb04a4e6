import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { header, json, send } from '../support/http.ts'
import type { Answer, Sent } from '../support/http.ts'
import { startService } from '../support/service.ts'
import type { Service } from '../support/service.ts'
import { promptWorld, TRANSLATE } from './prompt-world.ts'

const NEXT = { name: 'x-version', value: 'next' }
const KEYS = 40

interface Usage {
  releases: { release: number | null; calls: number; revenue: string }[]
}

describe('a release that is tried beside the one in force', () => {
  let old: Service
  let next: Service
  let gateway: Gateway
  let customer: Customer
  const keys: string[] = []

  before(async () => {
    ;[old, next] = await Promise.all([startService(), startService()])
    gateway = await startGateway({ config: { billing: { contact: 'billing@example.com' } } })
    customer = await gateway.customer('50.00')
    const path = `/api/applications/${customer.application}/keys`
    for (let made = 0; made < KEYS; made++)
      keys.push((await gateway.api.expect<{ key: string }>(201, 'POST', path, { name: `key ${made}` })).key)
    await gateway.api.expect(201, 'POST', '/api/apis', {
      name: 'weather',
      upstream: { baseUrl: old.url, header: { name: 'x-secret', value: 'secret-of-the-old-0001' } },
      routes: [
        { method: 'GET', path: '/now/*', price: '0.01' },
        { method: 'GET', path: '/old', price: '0.01' },
      ],
    })
    await draft({
      upstream: { baseUrl: next.url, header: { name: 'x-secret', value: 'secret-of-the-next-0002' } },
      routes: [
        { method: 'GET', path: '/now/*', price: '0.02' },
        { method: 'GET', path: '/next', price: '0.02' },
      ],
      addresses: { deny: ['10.0.0.0/8'] },
    })
    await gateway.api.expect(201, 'POST', '/api/apis/weather/releases', { revision: 1, canary: { header: NEXT } })
  })
  after(async () => {
    await gateway?.stop()
    await Promise.all([old?.close(), next?.close()])
  })

  const draft = (change: Record<string, unknown>) => gateway.api.expect(200, 'PATCH', '/api/apis/weather/draft', change)
  const canary = (terms: Record<string, unknown>) => gateway.api.expect(200, 'PUT', '/api/apis/weather/canary', { release: 2, ...terms })
  const call = (path: string, key = customer.key, sent: Sent = {}): Promise<Answer> =>
    send(`${gateway.url}/weather${path}`, { ...sent, headers: { authorization: `Bearer ${key}`, ...sent.headers } })
  const asNext = (path: string) => call(path, customer.key, { headers: { 'X-Version': 'next' } })
  const releaseOf = async (answer: Answer) => (await gateway.api.record(header(answer, 'x-request-id') ?? ''))['release']
  /** By which release each key is served: the price says it. */
  const served = async (): Promise<number[]> =>
    Promise.all(keys.map(async (key) => (header(await call('/now/a', key), 'faregate-cost') === '0.02' ? 2 : 1)))

  test('its routes, price and upstream with its secret hold for calls with its header, and for no others', async () => {
    assert.deepEqual(
      await Promise.all([call('/old'), call('/next'), asNext('/old'), asNext('/next')].map(async (answer) => (await answer).status)),
      [200, 404, 404, 200],
    )
    assert.deepEqual([header(await call('/now/b'), 'faregate-cost'), header(await asNext('/now/b'), 'faregate-cost')], ['0.01', '0.02'])
    assert.equal(old.callsOf('/now/b').at(-1)?.headers['x-secret'], 'secret-of-the-old-0001')
    assert.equal(next.callsOf('/now/b').at(-1)?.headers['x-secret'], 'secret-of-the-next-0002')
  })

  test('records, usage, explanations and traces of refusals name the release that served', async () => {
    const [one, two] = [await call('/now/c'), await asNext('/now/c')]
    assert.deepEqual([await releaseOf(one), await releaseOf(two)], [1, 2])
    const { releases } = await gateway.api.expect<Usage>(200, 'GET', '/api/apis/weather/usage')
    assert.deepEqual(
      releases.map(({ release, calls }) => [release, calls > 0]),
      [
        [1, true],
        [2, true],
      ],
    )
    const explained = async (more: Record<string, string>) => {
      const headers = { authorization: `Bearer ${customer.key}`, ...more }
      const body = JSON.stringify({ path: '/weather/now/d', method: 'GET' })
      return json(await send(`${gateway.url}/v1/explain`, { method: 'POST', headers, body }))['hold']
    }
    assert.deepEqual([await explained({}), await explained({ 'x-version': 'next' })], ['0.01', '0.02'])
    const poor = await gateway.customer()
    const refused = await call('/now/e', poor.key, { headers: { 'x-version': 'next' } })
    assert.deepEqual([refused.status, await releaseOf(refused)], [402, 2])
    const denial = await gateway.api.expect<{ trace: { check: string; facts?: { release?: number } }[] }>(
      200,
      'GET',
      `/api/denials/${/id="?([^";]+)/.exec(header(refused, 'faregate-denial') ?? '')?.[1] ?? ''}`,
    )
    const step = (name: string) => denial.trace.find(({ check }) => check === name)
    assert.equal(step('configuration')?.facts?.release, 2)
    assert.ok(step('api_address') !== undefined, 'addresses are those of the release that was called')
  })

  test('a share of the keys gets it, each the same with every call, and none loses it when the share grows', async () => {
    await canary({ percent: 30 })
    assert.equal(header(await asNext('/now/a'), 'faregate-cost'), (await releaseOf(await call('/now/a'))) === 2 ? '0.02' : '0.01')
    const first = await served()
    assert.deepEqual(await served(), first)
    const tried = first.filter((release) => release === 2).length
    assert.ok(tried > 0 && tried < KEYS, `${tried} of ${KEYS}`)
    await canary({ percent: 60 })
    const second = await served()
    assert.ok(first.every((release, index) => release === 1 || second[index] === 2))
    await canary({ percent: 100 })
    assert.ok((await served()).every((release) => release === 2))
  })

  test('a rollback ends it at once, and no call under way is lost', async () => {
    await canary({ percent: 50 })
    const done = new AbortController()
    const statuses: number[] = []
    const caller = async (key: string): Promise<void> => {
      while (!done.signal.aborted) statuses.push((await call('/now/f', key)).status)
    }
    const callers = keys.slice(0, 6).map(caller)
    await gateway.api.expect(200, 'POST', '/api/apis/weather/rollback', { release: 1 })
    assert.ok((await served()).every((release) => release === 1))
    await canary({ percent: 50 })
    await gateway.api.expect(200, 'POST', '/api/apis/weather/canary/promote', { release: 2 })
    assert.ok((await served()).every((release) => release === 2))
    done.abort()
    await Promise.all(callers)
    assert.ok(statuses.length > 6 && statuses.every((status) => status === 200), String(statuses))
    await gateway.api.expect(200, 'POST', '/api/apis/weather/rollback', { release: 1 })
  })

  test('a retired API is refused whichever release is asked for', async () => {
    await canary({ header: NEXT })
    await gateway.api.expect(200, 'POST', '/api/apis/weather/retire', {})
    assert.deepEqual([(await call('/now/g')).status, (await asNext('/now/g')).status], [410, 410])
    await gateway.api.expect(200, 'POST', '/api/apis/weather/reinstate', {})
    assert.deepEqual([(await call('/old')).status, (await asNext('/next')).status], [200, 200])
  })

  test('callers may prove who they are in other ways than before, if they are told by a header', async () => {
    await gateway.api.expect(204, 'DELETE', '/api/apis/weather/canary')
    await draft({ rebase: true, authentication: { key: { query: 'token' } } })
    await gateway.api.expect(201, 'POST', '/api/apis/weather/releases', { revision: 1, canary: { header: NEXT } })
    const anonymous = (headers: Record<string, string>) => send(`${gateway.url}/weather/old?token=${customer.key}`, { headers })
    assert.deepEqual([(await anonymous({})).status, (await anonymous({ 'x-version': 'next' })).status], [401, 200])
  })
})

describe('a prompt that is tried beside the one in force', () => {
  const world = promptWorld()
  const asked = () => {
    const messages = world.upstream.calls.at(-1)?.body['messages'] as { content: string }[] | undefined
    return messages?.at(-1)?.content
  }
  const VALUES = { text: 'Hello', language: 'de' }

  test('is asked for by its header, or given to a share of the keys; its document stays that of the one in force', async () => {
    const { api, url } = world.gateway
    await api.expect(200, 'PATCH', '/api/apis/translate/draft', {
      prompt: {
        ...TRANSLATE,
        user: 'Next: {{text}}',
        variables: { ...TRANSLATE.variables, extra: { type: 'string', default: 'x' } },
        system: '{{extra}}{{tone}}{{language}}',
      },
    })
    await api.expect(201, 'POST', '/api/apis/translate/releases', { revision: 1, canary: { header: NEXT } })
    const tried = await world.call(VALUES, { headers: { 'x-version': 'next' } })
    assert.deepEqual([tried.status, asked()], [200, 'Next: Hello'])
    assert.equal((await api.record(header(tried, 'x-request-id') ?? ''))['release'], 2)
    assert.deepEqual([(await world.call(VALUES)).status, asked()], [200, 'Hello'])
    assert.equal(json(await world.call({ ...VALUES, extra: 'y' }))['pointer'], '/extra')
    await api.expect(200, 'PUT', '/api/apis/translate/canary', { release: 2, percent: 100 })
    assert.deepEqual([(await world.call({ ...VALUES, extra: 'y' })).status, asked()], [200, 'Next: Hello'])
    const document = await send(`${url}/translate/openapi.json`, { headers: { authorization: `Bearer ${world.customer.key}` } })
    assert.deepEqual([document.status, document.text.includes('extra')], [200, false])
    assert.equal((await send(`${url}/translate`, { method: 'POST', body: '{}' })).status, 401)
  })
})

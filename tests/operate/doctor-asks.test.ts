import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { faregate, inShell } from '../support/cli.ts'
import { configuration } from '../support/config.ts'
import { openaiError, status } from '../support/faults.ts'
import { startGateway, type Gateway } from '../support/gateway.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'

interface Finding {
  check: string
  result: 'ok' | 'warning' | 'failed'
  detail: string
  place?: string
  fix?: string
}

describe('faregate doctor, unasked', () => {
  let upstream: Upstream
  let gateway: Gateway

  before(async () => {
    upstream = await startUpstream()
    const denied = status(401, openaiError('Incorrect API key', 'invalid_request_error', 'invalid_api_key'))
    const taken = status(200, { data: [] })
    upstream.on('', (exchange) => (exchange.headers.authorization === 'Bearer sk-taken-0001' ? taken : denied)(exchange))
    gateway = await startGateway({ config: configuration(upstream, {}, { billing: { contact: 'billing@example.com' } }) })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  async function find(check: string, ...flags: string[]): Promise<Finding | undefined> {
    const ran = await faregate(['doctor', '--json', ...flags], gateway)
    return (JSON.parse(ran.stdout) as Finding[]).find((one) => one.check === check)
  }

  /** Carries out a fix as it is written, but for words that it leaves open. */
  async function carryOut(found: Finding | undefined, open: Record<string, string> = {}, input = ''): Promise<void> {
    const line = Object.entries(open).reduce((text, [word, value]) => text.replaceAll(word, value), found?.fix ?? '')
    const ran = await inShell(input === '' ? line : `printf '${input}' | ${line}`, gateway)
    assert.equal(ran.code, 0, `${line}: ${ran.stderr}`)
  }

  const connect = (name: string, more: object) =>
    gateway.api.expect(201, 'POST', '/api/providers', { name, kind: 'openai-compatible', baseUrl: upstream.url, ...more })

  const publish = (name: string, route: object) =>
    gateway.api.expect(201, 'POST', '/api/apis', {
      name,
      upstream: { baseUrl: upstream.url, header: { name: 'authorization', value: 'Bearer sk-taken-0001' } },
      routes: [{ method: 'GET', path: '/now', ...route }],
    })

  test('finds a key that its provider refuses, among several, without a call of any model; a new key mends it', async () => {
    await connect('locked', { keys: [{ key: 'sk-taken-0001' }, { key: 'sk-wrong-0002' }] })
    const found = await find('provider locked')
    assert.deepEqual([found?.result, found?.place], ['failed', 'database'])
    assert.match(found?.detail ?? '', /: The key …0002 is refused: it answered HTTP 401 \(provider_auth_failed\)\.$/)
    assert.deepEqual([...new Set(upstream.calls.map(({ method, url }) => `${method} ${url}`))], ['GET /v1/models'])
    const asked = await faregate(['provider', 'test', 'locked', '--keys'], gateway)
    assert.deepEqual([asked.code, asked.stdout.includes('…0002 is refused')], [1, true], asked.stdout)
    const already = upstream.calls.length
    assert.equal((await find('provider locked', '--no-calls'))?.result, 'ok')
    assert.equal(upstream.calls.length, already, 'nothing is asked')
    await carryOut(found, {}, 'sk-taken-0001')
    const mended = await find('provider locked')
    assert.deepEqual([mended?.result, mended?.detail.split(': ')[1]], ['ok', 'It answers (HTTP 200).'])
  })

  test('holds nothing against a key that may only call models', async () => {
    const narrow = await startUpstream()
    narrow.on('', status(403, openaiError('You have insufficient permissions', 'invalid_request_error', 'insufficient_permissions')))
    await connect('narrow', { baseUrl: narrow.url, apiKey: 'sk-narrow-0003' })
    const found = await find('provider narrow')
    await narrow.close()
    assert.deepEqual([found?.result, found?.detail.split(': ')[1]], ['ok', 'It answers (HTTP 403), which tells nothing of its keys.'])
    await gateway.api.expect(204, 'DELETE', '/api/providers/narrow')
  })

  test('does not wait for a provider that says nothing', { timeout: 60_000 }, async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => silent.once('listening', resolve))
    const { port } = silent.address() as { port: number }
    await connect('silent', { baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: 'sk-silent-0004' })
    const found = await find('provider silent')
    assert.deepEqual([found?.result, found?.fix], ['failed', 'faregate provider test silent'])
    assert.match(found?.detail ?? '', /: It cannot be reached \(/)
    await gateway.api.expect(204, 'DELETE', '/api/providers/silent')
    silent.close()
  })

  test('finds a route in force that has no price and is not free; its fix sets one, and publishes', async () => {
    await publish('clock', { price: '0.01' })
    const routes = [{ method: 'GET', path: '/now' }]
    await gateway.api.expect(200, 'PATCH', '/api/apis/clock/draft', { routes })
    const ran = await faregate(['api', 'publish', 'clock', '--override', 'price_missing'], gateway)
    assert.equal(ran.code, 0, ran.stderr)
    const found = await find('routes of clock')
    assert.deepEqual([found?.result, found?.place], ['failed', 'database'])
    assert.match(found?.detail ?? '', /^GET \/now: neither a price is set, nor that it is free/)
    await carryOut(found, { PRICE: '0.01' })
    assert.equal(await find('routes of clock'), undefined)
    await gateway.api.expect(204, 'DELETE', '/api/apis/clock')
  })

  test('finds an API that the plans on sale forget, and one that nobody may subscribe to; what is free may be in none', async () => {
    await publish('tides', { price: '0.01' })
    await publish('status', { free: true })
    assert.equal(await find('plans of tides'), undefined, 'no API is sold by plan')
    await publish('weather', { price: '0.01' })
    await gateway.api.expect(201, 'POST', '/api/plans', {
      name: 'skies',
      price: '1.00',
      period: 'month',
      apis: ['weather'],
      exclusive: true,
      listed: false,
    })
    const forgotten = await find('plans of tides')
    assert.deepEqual([forgotten?.result, forgotten?.place], ['warning', 'database'])
    assert.match(forgotten?.detail ?? '', /it is in none/)
    const closed = await find('plans of weather')
    assert.match(closed?.detail ?? '', /it is sold by plan only \(skies\), and nobody may subscribe to that/)
    assert.equal(await find('plans of status'), undefined)
    await carryOut(closed)
    assert.equal(await find('plans of weather'), undefined)
    await carryOut(await find('plans of tides'))
    for (const name of ['tides', 'weather']) assert.equal(await find(`plans of ${name}`), undefined, name)
  })

  test('finds a cap that no call of any API can meet, too', async () => {
    const { organization } = await gateway.customer('1.00')
    await gateway.api.expect(204, 'DELETE', '/api/apis/status')
    await gateway.api.expect(200, 'PATCH', `/api/organizations/${organization}`, { cap: { amount: '0.005', period: 'day' } })
    const found = await find('cap of Acme')
    assert.match(found?.detail ?? '', /the cap of 0\.005 is below what any call costs/)
    await carryOut(found, { AMOUNT: '0.01' })
    assert.equal(await find('cap of Acme'), undefined)
  })
})

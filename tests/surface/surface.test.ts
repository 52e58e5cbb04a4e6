import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { either, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { header, json, send } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'

const BODY = { model: 'plain', max_tokens: 10, messages: say() }

describe('the surface that callers and operators meet', () => {
  let upstream: Upstream
  let gateway: Gateway
  let customer: Customer

  before(async () => {
    upstream = await startUpstream()
    upstream.on('plain', either(3, { usage: usage(0, 3) }))
    const models = { plain: { price: { input: '0', output: '1000' } }, other: {} }
    gateway = await startGateway({ config: configuration(upstream, models) })
    customer = await gateway.customer('1.00', { models: ['plain'], cap: { amount: '0.50', period: 'month' } })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  function at(path: string, headers: Record<string, string> = {}, body: unknown = BODY): Promise<Answer> {
    return send(gateway.url + path, { method: 'POST', body: JSON.stringify(body), headers })
  }

  for (const name of ['x-api-key', 'api-key', 'x-goog-api-key']) {
    test(`the key is taken from ${name}, and does not travel on to the provider`, async () => {
      const result = await at('/v1/chat/completions', { [name]: customer.key })
      assert.equal(result.status, 200, result.text)
      assert.ok(!JSON.stringify(upstream.calls.at(-1)?.rawHeaders).includes(customer.key))
    })
  }

  test('what a caller sends beside its request stays here: cookies, forwarding headers, and headers of its own', async () => {
    const sent = {
      cookie: 'session=secret',
      'x-forwarded-for': '203.0.113.9',
      'openai-organization': 'org-of-caller',
      'x-custom': 'custom',
    }
    await at('/v1/chat/completions', { authorization: `Bearer ${customer.key}`, ...sent })
    assert.doesNotMatch(JSON.stringify(upstream.calls.at(-1)?.rawHeaders), /secret|203\.0\.113\.9|org-of-caller/)
  })

  for (const [path, right] of [
    ['/chat/completions', '/v1/chat/completions'],
    ['/v1/v1/chat/completions', '/v1/chat/completions'],
    ['/models', '/v1/models'],
  ] as const) {
    test(`a wrong base URL (${path}) is told the right one`, async () => {
      const method = right.endsWith('models') ? 'GET' : 'POST'
      const headers = { authorization: `Bearer ${customer.key}` }
      const result = await send(gateway.url + path, { method, headers, ...(method === 'GET' ? {} : { body: BODY }) })
      assert.equal(result.status, 404)
      assert.deepEqual((json(result)['didYouMean'] as string[])[0], right)
      assert.match(String(json(result)['hint']), /\/v1/)
    })
  }

  test("the operator's token used as a key is told so, and is not shown", async () => {
    const result = await at('/v1/chat/completions', { authorization: `Bearer ${gateway.token}` })
    assert.equal(result.status, 401)
    assert.match(String(json(result)['hint']), /operator/i)
    assert.ok(!result.text.includes(gateway.token))
  })

  test('GET /v1/key tells a caller about its own key: balance, cap, what is used, when it resets', async () => {
    const other = await gateway.customer('2.00', { cap: { amount: '0.50', period: 'month' } })
    await gateway.chat(other.key, BODY)
    const seen = json(await send(`${gateway.url}/v1/key`, { headers: { authorization: `Bearer ${other.key}` } }))
    const { balance, caps } = seen as { balance: Record<string, string>; caps: Record<string, string>[] }
    assert.equal(nano(balance['available'] ?? ''), 2_000_000_000n - 3_000_000n)
    assert.equal(nano(caps[0]?.['used'] ?? ''), 3_000_000n)
    const reset = new Date(caps[0]?.['resetsAt'] ?? '')
    assert.deepEqual([reset.getUTCDate(), reset.getUTCHours(), reset.getTime() > Date.now()], [1, 0, true])
    assert.ok(!JSON.stringify(seen).includes(other.key))
  })

  test('GET /v1/models lists what this key may call, and nothing else', async () => {
    const result = json(await send(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${customer.key}` } }))
    assert.deepEqual(
      (result['data'] as { id: string }[]).map(({ id }) => id),
      ['plain'],
    )
    assert.equal((await send(`${gateway.url}/v1/models`)).status, 401)
  })

  test('explain says what a request may cost and whether it would be served, and neither calls nor holds', async () => {
    const calls = upstream.calls.length
    const explained = await gateway.explain(customer.key, BODY)
    assert.equal(explained.verdict, 'allow')
    assert.equal(nano(explained.hold), 10_000_000n)
    assert.equal(explained.holds.length, 2, 'the wallet and the cap')
    const refused = await gateway.explain(customer.key, { ...BODY, max_tokens: 600 })
    assert.equal((refused.verdict as { code: string }).code, 'cap_key')
    assert.equal(upstream.calls.length, calls)
    assert.equal(nano((await gateway.api.balance(customer.organization)).held), 0n)
  })

  test('browsers may call: preflight is answered, our headers are exposed', async () => {
    const asked = {
      origin: 'https://app.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,x-stainless-os',
    }
    const preflight = await send(`${gateway.url}/v1/chat/completions`, { method: 'OPTIONS', headers: asked })
    assert.ok(preflight.status === 204 || preflight.status === 200)
    assert.equal(header(preflight, 'access-control-allow-origin'), '*')
    assert.match(header(preflight, 'access-control-allow-headers') ?? '', /x-stainless-os|\*/)
    const result = await at('/v1/chat/completions', { authorization: `Bearer ${customer.key}`, origin: 'https://app.example' })
    assert.match(header(result, 'access-control-expose-headers') ?? '', /faregate-cost/i)
  })

  test('health, readiness and metrics say how it is', async () => {
    assert.equal((await send(`${gateway.url}/healthz`)).status, 200)
    const ready = await send(`${gateway.url}/readyz`)
    assert.equal(ready.status, 200, ready.text)
    const metrics = await send(`${gateway.url}/metrics`)
    assert.match(metrics.text, /^# TYPE faregate_\w+ (counter|histogram|gauge)$/m)
    assert.ok(!metrics.text.includes(customer.key))
  })

  test("the management API refuses a caller's key, describes itself in OpenAPI 3.1, and answers problems", async () => {
    for (const token of [customer.key, 'fgo_wrong', '']) {
      const result = await send(`${gateway.url}/api/organizations`, { headers: token === '' ? {} : { authorization: `Bearer ${token}` } })
      assert.ok([401, 403].includes(result.status), result.text)
      assert.match(header(result, 'content-type') ?? '', /^application\/problem\+json/)
    }
    const { openapi, paths } = await gateway.api.expect<{ openapi: string; paths: Record<string, unknown> }>(
      200,
      'GET',
      '/api/openapi.json',
    )
    assert.match(openapi, /^3\.1/)
    assert.ok('/api/organizations/{id}/grants' in paths)
  })

  test('what the file defines is read-only in the management API, which says where it is', async () => {
    const result = await gateway.api.call('PATCH', '/api/models/plain', { maxOutput: 5 })
    assert.equal(result.status, 409, result.text)
    assert.match(result.text, /faregate\.yaml/)
    assert.match(result.text, /managed_by_file/)
  })

  test('secrets are in no answer, no record and no line of the log', async () => {
    await gateway.chat(customer.key, { ...BODY, model: 'other' })
    const paths = ['/api/providers', '/api/keys', '/api/requests', '/api/audit', '/api/instance', '/api/export']
    const texts = await Promise.all(paths.map(async (path) => (await gateway.api.call('GET', path)).text))
    for (const text of [...texts, gateway.output]) {
      assert.ok(!text.includes('sk-upstream-test'))
      assert.ok(!text.includes(customer.key))
      assert.ok(!text.includes(gateway.token))
    }
  })
})

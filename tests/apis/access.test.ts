import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { nano } from '../support/decimal.ts'
import { header, json, send } from '../support/http.ts'
import { pause } from '../support/wait.ts'
import { callWith, PRICE, recordOf, refusalOf, world } from './world.ts'

const ROUTES = [
  { method: 'GET', path: '/items/{id}', price: PRICE },
  { method: 'GET', path: '/open', free: true as const },
]

describe('who may call a published API', () => {
  const made = world(ROUTES)

  const explain = async (key: string, path: string, method?: string) => {
    const body = { path, ...(method === undefined ? {} : { method }) }
    const answer = await send(`${made.gateway.url}/v1/explain`, { body, headers: { authorization: `Bearer ${key}` } })
    assert.equal(answer.status, 200, answer.text)
    return json(answer) as Record<string, unknown> & { verdict: unknown }
  }

  test('a key with scopes needs "apis", and with it calls nothing else', async () => {
    const models = await made.gateway.customer('1.00', { scopes: ['models'] })
    const problem = refusalOf(await callWith(made.gateway, models.key, '/items/1'), 403, 'permission_denied')
    assert.deepEqual(problem['required'], ['scope:apis'])
    const apis = await made.gateway.customer('1.00', { scopes: ['apis'] })
    assert.equal((await callWith(made.gateway, apis.key, '/items/1')).status, 200)
    const chat = await made.gateway.chat(apis.key, { model: 'demo', messages: [{ role: 'user', content: 'Hello' }] })
    assert.deepEqual([chat.status, json(chat)['code']], [403, 'permission_denied'])
  })

  test('a key with a list of APIs calls those alone, by name or pattern, what is free included', async () => {
    const { gateway } = made
    const customer = await gateway.customer('1.00')
    for (const [apis, status] of [
      [['other'], 403],
      [['te*'], 200],
      [[], 403],
      [null, 200],
    ] as const) {
      await gateway.api.expect(200, 'PATCH', `/api/keys/${customer.keyId}`, { apis })
      await pause(1_000)
      for (const path of ['/items/1', '/open'])
        assert.equal((await callWith(gateway, customer.key, path)).status, status, `${String(apis)} ${path}`)
    }
  })

  test('a suspended organization calls nothing, and is told by whom', async () => {
    const { gateway } = made
    const customer = await gateway.customer('1.00')
    await gateway.api.expect(200, 'POST', `/api/organizations/${customer.organization}/suspend`, { reason: 'unpaid' })
    await pause(1_000)
    for (const path of ['/items/1', '/open']) refusalOf(await callWith(gateway, customer.key, path), 403, 'account_suspended')
  })

  test('limits count calls, free ones too, and say what is left', async () => {
    const customer = await made.gateway.customer('1.00', { limits: [{ kind: 'requests', amount: 2, per: 'hour' }] })
    const first = await callWith(made.gateway, customer.key, '/items/1')
    assert.match(header(first, 'ratelimit') ?? '', /;r=1/)
    assert.equal((await callWith(made.gateway, customer.key, '/open')).status, 200)
    const refused = await callWith(made.gateway, customer.key, '/items/1')
    refusalOf(refused, 429, 'rate_limited')
    assert.match(header(refused, 'ratelimit-policy') ?? '', /;q=2/)
    assert.equal(nano((await assertSettled(made.gateway.api, customer.organization)).posted), nano(PRICE))
  })

  test('a concurrency limit lets one call through at a time, and gives the place back', async () => {
    const customer = await made.gateway.customer('1.00', { limits: [{ kind: 'concurrency', amount: 1 }] })
    const answers = await Promise.all(Array.from({ length: 5 }, () => callWith(made.gateway, customer.key, '/items/1')))
    assert.ok(answers.some(({ status }) => status === 429) && answers.some(({ status }) => status === 200))
    assert.equal((await callWith(made.gateway, customer.key, '/items/1')).status, 200)
  })

  test('every refusal before the call names what comes after it', async () => {
    const customer = await made.gateway.customer(undefined, { scopes: ['models'] })
    const problem = refusalOf(await callWith(made.gateway, customer.key, '/items/1'), 403, 'permission_denied')
    assert.deepEqual(problem['also'], ['insufficient_balance'])
  })

  test('explain tells route, hold and verdict, and holds nothing', async () => {
    const rich = await made.gateway.customer('1.00')
    const calls = made.service.calls.length
    const allowed = await explain(rich.key, '/test/items/1?x=1', 'GET')
    assert.deepEqual([allowed['api'], allowed['route'], allowed['hold'], allowed.verdict], ['test', 'GET /items/{id}', PRICE, 'allow'])
    assert.deepEqual(
      (allowed['holds'] as { unit: string; amount: string }[]).map(({ unit, amount }) => [unit, amount]),
      [['USD', PRICE]],
    )
    assert.deepEqual([(await explain(rich.key, '/test/open'))['hold'], (await explain(rich.key, '/test/open')).verdict], ['0.00', 'allow'])
    const poor = await made.gateway.customer()
    const refused = (await explain(poor.key, '/test/items/1')).verdict as Record<string, unknown>
    assert.deepEqual([refused['code'], refused['status']], ['insufficient_balance', 402])
    const unknown = (await explain(rich.key, '/test/items/1', 'DELETE')).verdict as Record<string, unknown>
    assert.deepEqual([unknown['code'], unknown['allow']], ['route_unknown', ['GET', 'HEAD']])
    assert.equal(nano((await made.gateway.api.balance(rich.organization)).posted), 0n)
    assert.equal(made.service.calls.length, calls)
  })

  test('a diagnosis knows API, route and key', async () => {
    const customer = await made.gateway.customer()
    const refused = await callWith(made.gateway, customer.key, '/items/1')
    await recordOf(made, refused)
    const id = header(refused, 'x-request-id') ?? ''
    const { steps } = await made.gateway.api.expect<{ steps: { step: string; result: string; detail: string }[] }>(
      200,
      'GET',
      `/api/diagnose/${id}`,
    )
    const said = new Map(steps.map(({ step, result, detail }) => [step, `${result}: ${detail}`]))
    assert.match(said.get('billing') ?? '', /^failed: insufficient_balance/)
    assert.match(said.get('configuration') ?? '', /^ok: The API test is published at \/test.*GET \/items\/\{id\}/)
    assert.match(said.get('permissions') ?? '', /It may call the API test/)
  })
})

describe('an API that changes while it is called', () => {
  const made = world(ROUTES)

  test('is published, changed and taken off without a restart, and calls under way end', async () => {
    const { gateway, service, customer } = made
    const api = {
      name: 'live',
      prefix: '/live',
      upstream: { baseUrl: service.url },
      routes: [{ method: 'GET', path: '/*', price: '0.01' }],
    }
    await gateway.api.expect(201, 'POST', '/api/apis', api)
    const call = (path = '/live/a') => send(gateway.url + path, { headers: { authorization: `Bearer ${customer.key}` } })
    assert.equal(header(await call(), 'faregate-cost'), '0.01')
    const slow = call('/live/events/20')
    await pause(100)
    await gateway.api.expect(200, 'PATCH', '/api/apis/live', { routes: [{ method: 'GET', path: '/*', price: '0.02' }] })
    assert.equal(header(await call(), 'faregate-cost'), '0.02')
    await gateway.api.expect(204, 'DELETE', '/api/apis/live')
    assert.equal((await call()).status, 404)
    const ended = await slow
    assert.deepEqual([ended.complete, header(ended, 'faregate-cost')], [true, '0.01'])
    assert.equal((await recordOf(made, ended)).cost, '0.01')
  })
})

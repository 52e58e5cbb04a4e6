import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { header, json, send } from '../support/http.ts'
import { modelsWorld } from './models-world.ts'

interface Released {
  number: number
  changes: { field: string }[]
  apiChanges: { breaking: boolean; at: string }[]
}

describe('the life of published models', () => {
  const world = modelsWorld()
  const modelAsked = () => world.upstream.calls.at(-1)?.model

  test('a release puts another model behind a name, and going back brings the old one back; a name that goes is told to be breaking', async () => {
    const { api } = world.gateway
    await world.publish('swapped', { models: { fast: 'm', smart: 'dear' }, policy: { maxTokens: 90 } })
    const path = '/swapped/v1/chat/completions'
    const changed = { models: { fast: 'dear' }, policy: { maxTokens: 40, defaults: { temperature: 1 } } }
    const { revision } = await api.expect<{ revision: number }>(200, 'PATCH', '/api/apis/swapped/draft', changed)
    assert.equal((await world.chat({ max_tokens: 90 }, { path })).status, 200)
    assert.equal(modelAsked(), 'm')
    const released = await api.expect<Released>(201, 'POST', '/api/apis/swapped/releases', { revision })
    const fields = released.changes.map(({ field }) => field)
    for (const field of ['models.fast', 'models.smart', 'policy.maxTokens']) assert.ok(fields.includes(field), fields.join())
    assert.ok(released.apiChanges.some(({ breaking }) => breaking))
    assert.equal((await world.chat({ max_tokens: 90 }, { path })).status, 400)
    assert.equal((await world.chat({}, { path })).status, 200)
    assert.equal(modelAsked(), 'dear')
    assert.equal(json(await world.chat({ model: 'smart' }, { path }))['code'], 'model_unknown')
    await api.expect(200, 'POST', '/api/apis/swapped/rollback', { release: 1 })
    assert.equal((await world.chat({ max_tokens: 90 }, { path })).status, 200)
    assert.deepEqual([modelAsked(), world.upstream.calls.at(-1)?.body['temperature']], ['m', undefined])
    const record = await api.record(header(await world.chat({ model: 'smart' }, { path }), 'x-request-id') ?? '')
    assert.deepEqual([record['release'], record.model], [1, 'dear'])
  })

  test('the doctor refuses models that are not there, or have no price, and tests say so', async () => {
    const { api } = world.gateway
    for (const [model, code] of [
      ['nobody', 'upstream_dead'],
      ['unpriced', 'price_missing'],
    ]) {
      const { revision } = await api.expect<{ revision: number }>(200, 'PATCH', '/api/apis/ill/draft', { models: { a: 'm', b: model } })
      const refused = await api.expect<{ flaws: { code: string }[] }>(409, 'POST', '/api/apis/ill/releases', { revision })
      assert.deepEqual(
        refused.flaws.map((flaw) => flaw.code),
        [code],
      )
    }
    const tested = await api.expect<{ ok: boolean; message: string }>(200, 'POST', '/api/apis/assist/test', {})
    assert.deepEqual([tested.ok, tested.message], [true, 'Its models are served, and have prices: fast (m), smart (dear).'])
  })

  test('what is wrong with a model is its publisher’s to mend, and tells callers nothing of it', async () => {
    const { api } = world.gateway
    const price = { input: '1', output: '1' }
    await api.expect(201, 'POST', '/api/models', { name: 'brief', deployments: [{ provider: 'fake', model: 'm' }], price })
    await world.publish('orphan', { models: { fast: 'brief' } })
    await api.expect(204, 'DELETE', '/api/models/brief')
    const refused = await world.chat({}, { path: '/orphan/v1/chat/completions' })
    assert.deepEqual([refused.status, json(refused)['code']], [500, 'gateway_misconfigured'], refused.text)
    assert.ok(!refused.text.includes('brief'))
    const listed = await send(`${world.gateway.url}/orphan/v1/models`, { headers: { authorization: `Bearer ${world.customer.key}` } })
    assert.deepEqual(json(listed)['data'], [])
  })

  test('a key needs the API alone, and not its models; without it the models avail nothing', async () => {
    const { api } = world.gateway
    const keyWith = async (more: Record<string, unknown>) => (await api.key(world.customer.application, more)).key
    const only = await keyWith({ apis: ['assist'], models: ['other'], scopes: ['apis'] })
    assert.equal((await world.chat({}, { key: only })).status, 200)
    assert.equal(
      json(await world.gateway.chat(only, { model: 'm', messages: [{ role: 'user', content: 'Hello' }] }))['code'],
      'permission_denied',
    )
    for (const more of [{ apis: ['other'], models: ['m'] }, { scopes: ['models'] }]) {
      const key = await keyWith(more)
      assert.equal(json(await world.chat({}, { key }))['code'], 'permission_denied')
      const listed = await send(`${world.gateway.url}/assist/v1/models`, { headers: { authorization: `Bearer ${key}` } })
      assert.equal(listed.status, 403)
    }
    assert.equal((await send(`${world.gateway.url}/assist/v1/models`)).status, 401)
    const id = header(await world.chat({}, { key: only }), 'x-request-id') ?? ''
    const { steps } = await api.expect<{ steps: { step: string; result: string }[] }>(200, 'GET', `/api/diagnose/${id}`)
    assert.equal(steps.find(({ step }) => step === 'permissions')?.result, 'ok')
  })

  test('explain foretells the hold of a call at its price under a plan, and a plan sells the API alone', async () => {
    const { api } = world.gateway
    await world.publish('sold', { models: { fast: 'm' } })
    const plan = { name: 'half', price: '0', period: 'free', apis: ['sold'], exclusive: true, priceFactor: '0.5' }
    await api.expect(201, 'POST', '/api/plans', plan)
    const { key, organization } = await world.gateway.customer('1.00')
    const path = '/sold/v1/chat/completions'
    assert.equal(json(await world.chat({}, { key, path }))['code'], 'subscription_required')
    await api.expect(201, 'POST', `/api/organizations/${organization}/subscriptions`, { plan: 'half' })
    const ask = { max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] }
    const [half, whole] = [await world.chat(ask, { key, path }), await world.chat(ask)]
    assert.equal(2 * Number(header(half, 'faregate-cost')), Number(header(whole, 'faregate-cost')))
    const explained = await world.gateway.explain(key, { path, model: 'fast', ...ask })
    const bare = await world.gateway.explain(world.customer.key, { model: 'm', ...ask })
    assert.equal(explained.verdict, 'allow')
    assert.equal(2 * Number(explained.hold), Number(bare.hold))
    const { api: named, route, model, deployment } = explained as unknown as Record<string, unknown>
    assert.deepEqual([named, route, model, deployment], ['sold', 'POST /v1/chat/completions', 'fast', undefined])
  })

  test('its document is there for whoever may call it, as a mock, and in the catalogue with what each model costs', async () => {
    const { gateway, customer } = world
    const headers = { authorization: `Bearer ${customer.key}` }
    const described = await send(`${gateway.url}/assist/openapi.json`, { headers })
    assert.equal(described.status, 200)
    assert.deepEqual(json(described), json(await gateway.api.call('GET', '/api/apis/assist/document')))
    const mocked = await world.chat({}, { path: '/mock/assist/v1/chat/completions' })
    assert.deepEqual([mocked.status, header(mocked, 'faregate-cost')], [200, '0.00'], mocked.text)
    const page = json(await send(`${gateway.url}/catalogue/assist.json`, { headers }))
    assert.deepEqual([page['kind'], Object.keys(page['models'] as object)], ['model', ['fast', 'smart']])
    assert.match(String(page['example']), /assist\/v1\/chat\/completions.*"model":"fast"/)
    const shown = await send(`${gateway.url}/catalogue/assist`, { headers })
    assert.ok(shown.text.includes('output 900'), 'the price of each model')
    const { paths } = json(await send(`${gateway.url}/catalogue/assist/openapi.json`, { headers })) as { paths: Paths }
    const { perMillion } = paths['/v1/chat/completions']?.post?.['x-faregate-price'] ?? {}
    assert.equal(perMillion?.['smart']?.['output'], '900')
    const { calls, releases } = await gateway.api.expect<Usage>(200, 'GET', '/api/apis/assist/usage')
    assert.deepEqual([calls > 0, releases.map(({ release }) => release)], [true, [1]])
  })

  test('deprecated models say so, and retired ones are gone, in the words of the client', async () => {
    const { api } = world.gateway
    await world.publish('old', { models: { fast: 'm' } })
    await api.expect(200, 'POST', '/api/apis/old/deprecate', { successor: 'assist' })
    const path = '/old/v1/messages'
    const deprecated = await world.chat({ max_tokens: 10 }, { path })
    assert.match(header(deprecated, 'link') ?? '', /\/assist>; rel="successor-version"/)
    await api.expect(200, 'POST', '/api/apis/old/retire', { successor: 'assist' })
    const gone = await world.chat({ max_tokens: 10 }, { path })
    assert.deepEqual([gone.status, json(gone)['type']], [410, 'error'], gone.text)
    assert.match(header(gone, 'faregate-denial') ?? '', /^api_retired;/)
  })
})

interface Usage {
  calls: number
  releases: { release: number }[]
}

type Paths = Record<string, { post?: { 'x-faregate-price'?: { perMillion?: Record<string, Record<string, string>> } } }>

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ENGINES } from '../support/engines.ts'
import { header, json, send } from '../support/http.ts'
import { promptWorld, TRANSLATE } from './prompt-world.ts'

const VALUES = { text: 'Hello', language: 'de' }

interface Released {
  number: number
  changes: { field: string; before: unknown; after: unknown }[]
  apiChanges: { breaking: boolean; at: string }[]
}

for (const { name, skip, block } of ENGINES) {
  describe(
    `releases of a prompt on ${name}`,
    { skip },
    block((engine) => {
      const world = promptWorld(engine)
      /** What the model was asked, but for the limit that the balance affords. */
      const asked = () => {
        const { max_tokens: _limit, ...body } = world.upstream.calls.at(-1)?.body ?? {}
        return body
      }

      test('a release is in force when it is published, and going back restores exactly what was', async () => {
        const { api } = world.gateway
        assert.equal((await world.call(VALUES)).status, 200)
        const before = asked()
        const changed = {
          user: 'Say {{text}} {{times}} times',
          temperature: 1,
          variables: { ...TRANSLATE.variables, times: { type: 'integer' } },
        }
        const { revision } = await api.expect<{ revision: number }>(200, 'PATCH', '/api/apis/translate/draft', { prompt: changed })
        assert.deepEqual((await world.call(VALUES)).status, 200)
        assert.deepEqual(asked(), before)
        const released = await api.expect<Released>(201, 'POST', '/api/apis/translate/releases', { revision })
        const fields = released.changes.map(({ field }) => field)
        for (const field of ['prompt.user', 'prompt.temperature', 'prompt.variables.times.type'])
          assert.ok(fields.includes(field), fields.join())
        assert.ok(released.apiChanges.some(({ breaking }) => breaking))
        assert.equal(json(await world.call(VALUES))['pointer'], '/times')
        assert.equal((await world.call({ ...VALUES, times: 2 })).status, 200)
        const { temperature, messages } = asked()
        assert.deepEqual([temperature, (messages as { content: string }[])[1]?.content], [1, 'Say Hello 2 times'])
        await api.expect(200, 'POST', '/api/apis/translate/rollback', { release: 1 })
        assert.equal((await world.call(VALUES)).status, 200)
        assert.deepEqual(asked(), before)
        assert.equal(json(await world.call({ ...VALUES, times: 2 }))['pointer'], '/times')
        const shown = await api.expect<{ release: number; prompt: { user: string } }>(200, 'GET', '/api/apis/translate')
        assert.deepEqual([shown.release, shown.prompt.user], [1, TRANSLATE.user])
      })

      test('a template and its variables are held against each other when they are saved, with the place', async () => {
        const { api } = world.gateway
        for (const [prompt, pointer, detail] of [
          [{ user: 'a\n{{txet}}' }, '/prompt/user', /line 2, column 1: `\{\{txet\}\}` is not declared/],
          [{ user: '{{text}} {{if x}}' }, '/prompt/user', /line 1, column 10: .*there is no logic/],
          [{ variables: { ...TRANSLATE.variables, more: { type: 'string' } } }, '/prompt/variables/more', /is in neither/],
        ] as const) {
          const refused = await api.expect<Record<string, unknown>>(400, 'PATCH', '/api/apis/translate/draft', { prompt })
          assert.equal(refused['pointer'], pointer)
          assert.match(String(refused['detail']), detail)
        }
      })
    }),
  )
}

describe('the life of a prompt', () => {
  const world = promptWorld()

  test('the doctor refuses a prompt whose model is not there, has no price, cannot be told all of it, or does not answer', async () => {
    const { api } = world.gateway
    const flawsOf = async (model: string) => {
      const { revision } = await api.expect<{ revision: number }>(200, 'PATCH', '/api/apis/ill/draft', {
        prompt: { model, user: 'Hello', variables: {} },
      })
      const refused = await api.expect<{ code: string; flaws: { code: string }[] }>(409, 'POST', '/api/apis/ill/releases', { revision })
      assert.equal(refused.code, 'release_refused')
      return refused.flaws.map(({ code }) => code)
    }
    assert.deepEqual(await flawsOf('nobody'), ['upstream_dead'])
    assert.deepEqual(await flawsOf('unpriced'), ['price_missing'])
    await api.expect(201, 'POST', '/api/providers', {
      name: 'gone',
      kind: 'openai-compatible',
      baseUrl: 'http://127.0.0.1:1/v1',
      apiKey: 'sk-gone-test-key',
    })
    await api.expect(201, 'POST', '/api/models', {
      name: 'gone',
      deployments: [{ provider: 'gone', model: 'x' }],
      price: { input: '1', output: '1' },
    })
    assert.deepEqual(await flawsOf('gone'), ['upstream_dead'])
    await api.expect(201, 'POST', '/api/providers', {
      name: 'plain',
      kind: 'deepseek',
      baseUrl: world.upstream.url,
      apiKey: 'sk-plain-test-key',
    })
    await api.expect(201, 'POST', '/api/models', {
      name: 'plain',
      deployments: [{ provider: 'plain', model: 'x' }],
      price: { input: '1', output: '1' },
    })
    await api.expect(200, 'PATCH', '/api/apis/ill/draft', { prompt: { output: { type: 'object' } } })
    assert.deepEqual(await flawsOf('plain'), ['upstream_dead'])
    await api.expect(200, 'PATCH', '/api/apis/ill/draft', { prompt: { output: null } })
    await world.publish('sayable', { model: 'plain', user: 'Hello', variables: {} })
    const { revision } = await api.expect<{ revision: number }>(200, 'GET', '/api/apis/ill/draft')
    await api.expect(201, 'POST', '/api/apis/ill/releases', { revision, override: ['upstream_dead'] })
    const tested = await api.expect<{ ok: boolean; message: string }>(200, 'POST', '/api/apis/translate/test', {})
    assert.deepEqual(tested.ok, true, tested.message)
  })

  test('a prompt without its model is the publisher’s to mend, and tells callers nothing of models', async () => {
    const { api } = world.gateway
    await api.expect(201, 'POST', '/api/models', {
      name: 'brief',
      deployments: [{ provider: 'fake', model: 'm' }],
      price: { input: '1', output: '1' },
    })
    await world.publish('orphan', { model: 'brief', user: 'Hello', variables: {} })
    await api.expect(204, 'DELETE', '/api/models/brief')
    const refused = await world.call({}, { path: '/orphan' })
    assert.deepEqual([refused.status, json(refused)['code']], [500, 'gateway_misconfigured'])
    assert.ok(!refused.text.includes('brief') && !refused.text.includes('/v1/models'))
  })

  test('its document is there for whoever may call it, for the management, and as a mock', async () => {
    const { gateway, customer } = world
    const described = await world.call(undefined, { path: '/translate/openapi.json', method: 'GET' })
    assert.equal(header(described, 'faregate-cost'), '0.00')
    const kept = await gateway.api.call('GET', '/api/apis/translate/document')
    assert.deepEqual(json(described), json(kept))
    assert.ok(!described.text.includes('Translate into'))
    assert.equal((await send(`${gateway.url}/translate/openapi.json`)).status, 401)
    const elsewhere = (await gateway.api.key(customer.application, { apis: ['other'] } as Record<string, unknown>)).key
    assert.equal((await world.call(undefined, { path: '/translate/openapi.json', method: 'GET', key: elsewhere })).status, 403)
    const mocked = await world.call(VALUES, { path: '/mock/translate' })
    assert.deepEqual([mocked.status, typeof json(mocked)['output'], header(mocked, 'faregate-cost')], [200, 'string', '0.00'])
    assert.equal(json(await gateway.api.call('POST', '/api/apis/translate/import', { document: kept.text }))['code'], 'request_invalid')
  })

  test('another method or path is told what there is', async () => {
    const get = await world.call(undefined, { method: 'GET' })
    assert.deepEqual([get.status, json(get)['allow']], [404, ['POST']])
    const below = await world.call(VALUES, { path: '/translate/below' })
    assert.deepEqual([below.status, json(below)['didYouMean']], [404, ['/translate']])
  })

  test('what is a prompt stays one, and a service stays a service', async () => {
    const { api } = world.gateway
    const upstream = { baseUrl: 'http://127.0.0.1:1' }
    const strange = await api.expect<Record<string, unknown>>(400, 'PATCH', '/api/apis/translate', { upstream })
    assert.equal(strange['pointer'], '/upstream')
    await api.expect(200, 'PATCH', '/api/apis/service/draft', { upstream })
    const prompt = await api.expect<Record<string, unknown>>(400, 'PATCH', '/api/apis/service/draft', { prompt: { user: 'Hello' } })
    assert.equal(prompt['pointer'], '/prompt')
    const kind = { name: 'other', kind: 'http', prompt: { model: 'm', user: 'Hello' } }
    assert.equal((await api.expect<Record<string, unknown>>(400, 'POST', '/api/apis', kind))['pointer'], '/kind')
  })

  test('a deprecated prompt says so, and a retired one is gone', async () => {
    const { api } = world.gateway
    await world.publish('old', TRANSLATE)
    await api.expect(200, 'POST', '/api/apis/old/deprecate', { successor: 'translate' })
    const deprecated = await world.call(VALUES, { path: '/old' })
    assert.match(header(deprecated, 'link') ?? '', /\/translate>; rel="successor-version"/)
    assert.match(header(deprecated, 'deprecation') ?? '', /^@\d+$/)
    await api.expect(200, 'POST', '/api/apis/old/retire', { successor: 'translate' })
    const gone = await world.call(VALUES, { path: '/old' })
    assert.deepEqual([gone.status, json(gone)['successor']], [410, 'translate'])
  })
})

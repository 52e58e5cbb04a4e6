import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { header, json } from '../support/http.ts'
import { modelsWorld } from './models-world.ts'

const PIXEL = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
const TOOLS = [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }]

describe('the policy of published models', () => {
  const world = modelsWorld()
  let made = 0

  /** The path of an API with this policy. */
  async function under(policy: Record<string, unknown>, path = '/v1/chat/completions'): Promise<string> {
    const name = `policy-${++made}`
    await world.publish(name, { models: { fast: 'm' }, policy })
    return `/${name}${path}`
  }

  const asked = (member: string) => world.upstream.calls.at(-1)?.body[member]

  for (const [what, policy, body, pointer, detail] of [
    ['a stream', { features: ['chat', 'tools'] }, { stream: true }, '/stream', /answers whole/],
    ['tools', { features: ['chat', 'streaming'] }, { tools: TOOLS }, '/tools', /takes no tools/],
    [
      'an image',
      { features: ['chat'] },
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: PIXEL } }] }] },
      '',
      /takes no images/,
    ],
    ['a longer answer', { maxTokens: 50 }, { max_completion_tokens: 51 }, '/max_completion_tokens', /50 tokens at most: lower it/],
  ] as const) {
    test(`${what} is refused where it is not offered, by its place, charged for nothing; without it the call is served`, async () => {
      const path = await under(policy)
      const earlier = world.upstream.calls.length
      const refused = await world.chat(body, { path })
      assert.deepEqual([refused.status, json(refused)['code'], json(refused)['charged']], [400, 'request_invalid', false], refused.text)
      assert.equal(json(refused)['pointer'] ?? '', pointer)
      assert.match(String(json(refused)['detail']), detail)
      assert.equal(world.upstream.calls.length, earlier)
      assert.equal((await world.chat({}, { path })).status, 200)
      assert.equal((await world.chat(body)).status, 200)
    })
  }

  test('what is asked for within the bounds is sent as it is; where nothing is, the default is, and the answer says so', async () => {
    const path = await under({ maxTokens: 50, defaults: { maxTokens: 20, temperature: 0.25, topP: 0.5 } })
    assert.equal((await world.chat({ max_tokens: 50, temperature: 1 }, { path })).status, 200)
    assert.deepEqual([asked('max_tokens'), asked('temperature'), asked('top_p')], [50, 1, 0.5])
    const silent = await world.chat({}, { path })
    assert.deepEqual([asked('max_tokens'), asked('temperature'), header(silent, 'faregate-clamped')], [20, 0.25, 'max_tokens=20'])
    const bounded = await world.chat({}, { path: await under({ maxTokens: 30 }) })
    assert.equal(header(bounded, 'faregate-clamped'), 'max_tokens=30')
  })

  test('the preamble stands before whatever callers say in each dialect, and is paid for', async () => {
    const system = 'Answer "briefly".'
    const policy = { system }
    const plain = await world.chat({ max_tokens: 100 })
    const told = await world.chat({ max_tokens: 100 }, { path: await under(policy) })
    assert.deepEqual(asked('messages'), [
      { role: 'system', content: system },
      { role: 'user', content: 'Hello' },
    ])
    assert.ok(Number(header(told, 'faregate-cost')) > Number(header(plain, 'faregate-cost')))
    const own = { system: 'Be kind.', max_tokens: 100 }
    assert.equal((await world.chat(own, { path: await under(policy, '/v1/messages') })).status, 200)
    assert.deepEqual((asked('messages') as unknown[])[0], { role: 'system', content: `${system}\n\nBe kind.` })
    const completions = await world.chat({ prompt: 'Hello' }, { path: await under(policy, '/v1/completions') })
    assert.deepEqual([completions.status, json(completions)['code']], [404, 'route_unknown'])
  })

  test('kinds of calls that are not offered are no routes; those that are like them are named', async () => {
    const path = await under({ features: ['embeddings'] })
    const chat = await world.chat({}, { path })
    assert.deepEqual([chat.status, json(chat)['code']], [404, 'route_unknown'])
    const vectors = await world.chat({ input: 'Hello' }, { path: '/assist/v1/embeddings' })
    assert.equal(vectors.status, 404)
    const mistyped = await world.chat({}, { path: '/assist/v1/chat/completion' })
    assert.equal((json(mistyped)['didYouMean'] as string[])[0], '/assist/v1/chat/completions')
    const put = await world.chat({}, { path: '/assist/v1/messages', method: 'PUT' })
    assert.deepEqual([put.status, /it takes POST, not PUT/.test(put.text)], [404, true], put.text)
  })

  test('what can never hold is refused where it is written, by its place', async () => {
    for (const [definition, pointer] of [
      [{ policy: { features: ['tools'] } }, '/policy/features'],
      [{ policy: { features: ['chat', 'chat'] } }, '/policy/features'],
      [{ policy: { maxTokens: 10, defaults: { maxTokens: 11 } } }, '/policy/defaults/maxTokens'],
      [{ upstream: { baseUrl: 'https://a.example' } }, '/upstream'],
      [{ prompt: { user: 'Hello' } }, '/prompt'],
      [{ prices: { '*': '1' } }, '/prices'],
    ] as const) {
      const refused = await world.gateway.api.expect<Record<string, unknown>>(400, 'PATCH', '/api/apis/assist/draft', definition)
      assert.equal(refused['pointer'], pointer, JSON.stringify(refused))
    }
    await world.gateway.api.expect(200, 'PATCH', '/api/apis/nothing-yet/draft', { models: {} })
    assert.equal((await world.gateway.api.call('POST', '/api/apis/nothing-yet/releases', { revision: 1 })).status, 400)
  })
})

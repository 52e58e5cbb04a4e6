import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import type { ModelEntry } from '@faregate/core'
import type { Behaviour } from '../support/upstream.ts'
import { openWorld, problemOf, providerEntry, type World, type WorldOptions } from '../support/world.ts'

let world: World
const open = async (options: WorldOptions = {}): Promise<World> => {
  world = await openWorld(options)
  for (const name of ['b', 'vendor/text-embedding-3', 'secret']) world.models.set(name, entry(name))
  return world
}
afterEach(() => world.close())

function entry(name: string, provider = 'up'): ModelEntry {
  return { name, deployments: [{ provider, model: 'up-model', weight: 1 }], managedBy: { source: 'database' } }
}

const KEY: WorldOptions = { key: { models: ['m', 'b', 'vendor/*'] } }
const IDS = ['b', 'm', 'vendor/text-embedding-3']

const SHAPES: [whose: string, path: string, headers: Record<string, string>, ids: (list: never) => string[]][] = [
  ['OpenAI', '/v1/models', {}, ({ data }: { data: { id: string }[] }) => data.map(({ id }) => id)],
  [
    'Anthropic',
    '/v1/models',
    { 'anthropic-version': '2023-06-01' },
    ({ data }: { data: { id: string; type: 'model' }[] }) => data.filter(({ type }) => type === 'model').map(({ id }) => id),
  ],
  [
    'Cohere',
    '/v1/models',
    { 'x-fern-sdk-name': 'cohere-ai' },
    ({ models }: { models: { name: string }[] }) => models.map(({ name }) => name),
  ],
  ['Google', '/v1beta/models', {}, ({ models }: { models: { name: string }[] }) => models.map(({ name }) => name.replace('models/', ''))],
  [
    'Ollama',
    '/ollama/api/tags',
    {},
    ({ models }: { models: { name: string }[] }) => models.map(({ name }) => name.replace(/:latest$/, '')),
  ],
]

for (const [whose, path, headers, ids] of SHAPES) {
  test(`models are listed in ${whose}’s shape: those that the key may call, and no other`, async () => {
    const { get } = await open(KEY)
    const response = await get(path, headers)
    assert.equal(response.status, 200)
    assert.deepEqual(ids((await response.json()) as never), IDS)
  })
}

test('one model is described to each in its own shape; its name may hold a slash', async () => {
  const { get, post } = await open(KEY)
  const name = 'vendor/text-embedding-3'
  const openai = (await (await get(`/v1/models/${name}`)).json()) as Record<string, unknown>
  assert.deepEqual([openai['id'], openai['object'], openai['owned_by']], [name, 'model', 'up'])
  const anthropic = (await (await get(`/v1/models/${encodeURIComponent(name)}`, { 'anthropic-version': 'x' })).json()) as Record<
    string,
    unknown
  >
  assert.deepEqual([anthropic['id'], anthropic['type']], [name, 'model'])
  const google = (await (await get(`/v1beta/models/${name}`)).json()) as Record<string, unknown>
  assert.deepEqual([google['name'], google['supportedGenerationMethods']], [`models/${name}`, ['embedContent', 'batchEmbedContents']])
  const ollama = (await (await post({ model: name }, { path: '/ollama/api/show' })).json()) as Record<string, unknown>
  assert.deepEqual(ollama['capabilities'], ['embedding'])
})

test('E1: a model that the key may not see is refused in the envelope of who asks', async () => {
  const { get, post } = await open(KEY)
  assert.equal((await problemOf(await get('/v1/models/secret'))).code, 'permission_denied')
  const anthropic = (await (await get('/v1/models/nobody', { 'anthropic-version': 'x' })).json()) as {
    type: string
    error: { type: string }
  }
  assert.deepEqual([anthropic.type, anthropic.error.type], ['error', 'not_found_error'])
  const google = (await (await get('/v1beta/models/secret')).json()) as { error: { status: string } }
  assert.equal(google.error.status, 'PERMISSION_DENIED')
  const ollama = (await (await post({}, { path: '/ollama/api/show' })).json()) as { error: string }
  assert.match(ollama.error, /`model`/)
})

const json =
  (value: unknown): Behaviour =>
  (response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))

test('U7: a ranking costs its searches, on either route; without a price for them, or for tokens, it is refused', async () => {
  const { upstream, post, wallet, models, providers } = await open({ price: { search: '2000' } })
  providers.set('cohere', { ...providerEntry(upstream.url.replace(/\/v1$/, ''), 'cohere'), kind: 'cohere' })
  models.set('rank', entry('rank', 'cohere'))
  upstream.behave(json({ id: 'x', results: [{ index: 0, relevance_score: 0.9 }], meta: { billed_units: { search_units: 1 } } }))
  for (const path of ['/v2/rerank', '/v1/rerank']) {
    const response = await post({ model: 'rank', query: 'q', documents: ['a', 'b'] }, { path })
    assert.deepEqual([response.status, response.headers.get('faregate-cost')], [200, '0.002'])
  }
  assert.deepEqual(
    upstream.calls.map(({ path }) => path),
    ['/v2/rerank', '/v2/rerank'],
  )
  assert.equal(wallet().posted, 4_000_000n)
  const explained = (await (
    await post({ model: 'rank', query: 'q', documents: ['a'], path: '/v2/rerank' }, { path: '/v1/explain' })
  ).json()) as { hold: string }
  assert.equal(explained.hold, '0.002')
  await world.close()
  await open({ price: { output: '1' } })
  const refused = (await (await world.post({ model: 'm', query: 'q', documents: ['a'] }, { path: '/v2/rerank' })).json()) as {
    message: string
    code: string
  }
  assert.equal(refused.code, 'price_missing')
  assert.match(refused.message, /no price/)
})

test('a server of open models ranks as well, by tokens', async () => {
  const { upstream, post, wallet } = await open({ price: { input: '1' } })
  upstream.behave(json({ id: 'x', results: [{ index: 0, relevance_score: 0.9 }], usage: { total_tokens: 40 } }))
  assert.equal((await post({ model: 'm', query: 'query', documents: ['document one', 'two'] }, { path: '/v1/rerank' })).status, 200)
  assert.equal(upstream.calls[0]?.path, '/v1/rerank')
  assert.equal(wallet().posted, 40_000n)
})

test('a moderation is free where its price is stated to be, and that nothing tells usage is nothing odd', async () => {
  const { upstream, post, wallet, recorded } = await open({ price: { input: '0' } })
  upstream.behave(json({ id: 'modr-1', model: 'x', results: [{ flagged: false }] }))
  const record = recorded()
  const response = await post({ model: 'm', input: 'hello there' }, { path: '/v1/moderations' })
  assert.deepEqual([response.status, response.headers.get('faregate-cost')], [200, '0.00'])
  const { flags, attempts } = await record
  assert.deepEqual([flags, attempts[0]?.buckets, wallet().posted], [[], { input: 2 }, 0n])
})

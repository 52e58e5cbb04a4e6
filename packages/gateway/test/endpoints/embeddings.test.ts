import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import type { Behaviour } from '../support/upstream.ts'
import { openWorld, problemOf, providerEntry, type World, type WorldOptions } from '../support/world.ts'

let world: World
const open = async (options: WorldOptions = {}): Promise<World> => {
  world = await openWorld({ price: { input: '1' }, ...options })
  return world
}
/** The model `m` at a vendor of another kind. */
const openAt = async (kind: string, options: WorldOptions = {}): Promise<World> => {
  await open({ ...options, model: { deployments: [{ provider: 'other', model: 'up-model', weight: 1 }], ...options.model } })
  world.providers.set('other', { ...providerEntry(world.upstream.url.replace(/\/v1$/, ''), 'other'), kind })
  return world
}
afterEach(() => world.close())

const json =
  (value: unknown, status = 200): Behaviour =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(typeof value === 'string' ? value : JSON.stringify(value))

const EMBEDDINGS = { path: '/v1/embeddings' }
const ASK = { model: 'm', input: 'hello there' }
const ANSWER =
  '{ "object":"list","data":[{"object":"embedding","index":0,"embedding":[0.10,2e-1]}],"model":"up-model","usage":{"prompt_tokens":7,"total_tokens":7} }'

test('vectors pass through byte for byte, and cost what their vendor counted; no output is held', async () => {
  const { upstream, post, wallet, recorded } = await open()
  let held = 0n
  upstream.behave((response, call) => {
    held = wallet().held
    return json(ANSWER)(response, call)
  })
  const record = recorded()
  const response = await post('{"input": "hello there",  "model": "m"}', EMBEDDINGS)
  assert.equal(await response.text(), ANSWER)
  assert.equal(response.headers.get('faregate-cost'), '0.000007')
  assert.equal(response.headers.get('faregate-clamped'), null)
  assert.equal(upstream.calls[0]?.body.toString(), '{"input": "hello there",  "model": "up-model"}')
  assert.equal(upstream.calls[0]?.path, '/v1/embeddings')
  assert.ok(held > 0n && held < 50_000n, String(held))
  assert.deepEqual(wallet(), { available: 999_993_000n, held: 0n, posted: 7_000n })
  const { path, model, estimated, attempts, flags } = await record
  assert.deepEqual([path, model, estimated, flags], ['/v1/embeddings', 'm', false, []])
  assert.deepEqual(attempts[0]?.buckets, { input: 7 })
})

test('M22: where no usage is told the input is counted here, and flagged', async () => {
  const { upstream, post, recorded, wallet } = await open()
  upstream.behave(json({ object: 'list', data: [{ index: 0, embedding: [1] }] }))
  const record = recorded()
  assert.equal((await post(ASK, EMBEDDINGS)).status, 200)
  const { estimated, flags, attempts } = await record
  assert.deepEqual([estimated, flags, attempts[0]?.buckets], [true, ['usage_missing'], { input: 2 }])
  assert.equal(wallet().posted, 2_000n)
})

test('M16: vectors of more than a megabyte are forwarded as they come, and charged by what stands at their end', async () => {
  const { upstream, post, recorded, wallet } = await open()
  const body = JSON.stringify({
    object: 'list',
    data: [{ index: 0, embedding: Array.from({ length: 200_000 }, () => 0.123456) }],
    usage: { prompt_tokens: 9, total_tokens: 9 },
  })
  assert.ok(body.length > 1_500_000)
  upstream.behave(json(body))
  const record = recorded()
  assert.equal(await (await post(ASK, EMBEDDINGS)).text(), body)
  assert.equal((await record).estimated, false)
  assert.equal(wallet().posted, 9_000n)
})

test('M20: vectors that the upstream breaks off are worth nothing, and void', async () => {
  const { upstream, post, recorded, wallet } = await open()
  upstream.behave((response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write(`{"data":[{"index":0,"embedding":[${'1,'.repeat(700_000)}`, () => response.destroy())
  })
  const record = recorded()
  await assert.rejects((await post(ASK, EMBEDDINGS)).text())
  const { outcome, cost, denial } = await record
  assert.deepEqual([outcome, cost, denial], ['failed', 0n, 'provider_error'])
  assert.deepEqual([wallet().held, wallet().posted], [0n, 0n])
})

test('U8: a failure falls over to the next deployment; the caller pays for the one that served', async () => {
  const { upstream, post, recorded, wallet, models } = await open()
  const deployments = ['first', 'second'].map((model, priority) => ({ provider: 'up', model, weight: 1, priority }))
  models.set('m', { name: 'm', deployments, managedBy: { source: 'database' } })
  upstream.behave((response, call) => {
    const down = call.body.includes('first')
    return json(down ? { error: { message: 'down' } } : ANSWER, down ? 500 : 200)(response, call)
  })
  const record = recorded()
  assert.equal((await post(ASK, EMBEDDINGS)).status, 200)
  const { attempts } = await record
  assert.deepEqual(
    attempts.map(({ outcome, status }) => [outcome, status]),
    [
      ['failed', 500],
      ['served', 200],
    ],
  )
  assert.equal(wallet().posted, 7_000n)
})

test('M20: where every upstream fails nothing is charged, and the upstream’s own refusal of the request is passed on', async () => {
  const { upstream, post, wallet } = await open()
  upstream.behave(json('{"error":{"message":"too long","type":"invalid_request_error"}}', 400))
  const response = await post(ASK, EMBEDDINGS)
  assert.deepEqual([response.status, await response.text()], [400, '{"error":{"message":"too long","type":"invalid_request_error"}}'])
  assert.deepEqual(wallet(), { available: 1_000_000_000n, held: 0n, posted: 0n })
})

test('insufficient_balance: vectors that cannot be paid are not made', async () => {
  const { upstream, post } = await open({ grant: '0.000000001', price: { input: '1000' } })
  const response = await post(ASK, EMBEDDINGS)
  assert.deepEqual([response.status, (await problemOf(response)).code, upstream.calls.length], [402, 'insufficient_balance', 0])
})

test('price_missing: vectors without a price of input are refused', async () => {
  const { upstream, post } = await open({ price: { output: '1' } })
  const response = await post(ASK, EMBEDDINGS)
  assert.deepEqual([response.status, (await problemOf(response)).code, upstream.calls.length], [500, 'price_missing', 0])
})

test('a model whose vendor makes no vectors is refused by name, before anything is held', async () => {
  const { post, wallet } = await openAt('anthropic')
  const response = await post(ASK, EMBEDDINGS)
  const problem = await problemOf(response)
  assert.deepEqual([response.status, problem.code, problem['pointer']], [400, 'request_invalid', '/model'])
  assert.match(String(problem['detail']), /Anthropic/)
  assert.equal(wallet().held, 0n)
})

test('of several deployments only those are called, and held for, that make vectors', async () => {
  const { upstream, post, models, providers, recorded } = await open()
  providers.set('claude', { ...providerEntry(upstream.url, 'claude'), kind: 'anthropic' })
  const deployments = ['claude', 'up'].map((provider, priority) => ({ provider, model: 'x', weight: 1, priority }))
  models.set('m', { name: 'm', deployments, managedBy: { source: 'database' } })
  upstream.behave(json(ANSWER))
  const record = recorded()
  assert.equal((await post(ASK, EMBEDDINGS)).status, 200)
  assert.deepEqual(
    (await record).attempts.map(({ provider }) => provider),
    ['up'],
  )
})

const ROUTES: [path: string, body: unknown][] = [
  ['/v1/embeddings', { model: 'm', input: ['one', 'two'] }],
  ['/v2/embed', { model: 'm', texts: ['one', 'two'], input_type: 'search_document', embedding_types: ['float'] }],
  [
    '/v1beta/models/m:batchEmbedContents',
    { requests: ['one', 'two'].map((text) => ({ model: 'models/m', content: { parts: [{ text }] } })) },
  ],
  ['/ollama/api/embed', { model: 'm', input: ['one', 'two'] }],
]

const VENDORS: [kind: string, path: string, answer: unknown][] = [
  [
    'openai-compatible',
    '/embeddings',
    {
      data: [
        { index: 0, embedding: [1] },
        { index: 1, embedding: [2] },
      ],
      usage: { prompt_tokens: 3, total_tokens: 3 },
    },
  ],
  ['cohere', '/v2/embed', { id: 'x', embeddings: { float: [[1], [2]] }, meta: { billed_units: { input_tokens: 3 } } }],
  [
    'google',
    '/models/up-model:batchEmbedContents',
    { embeddings: [{ values: [1] }, { values: [2] }], usageMetadata: { promptTokenCount: 3 } },
  ],
  ['ollama', '/api/embed', { model: 'up-model', embeddings: [[1], [2]], prompt_eval_count: 3 }],
]

for (const [path, body] of ROUTES) {
  for (const [kind, upstreamPath, answer] of VENDORS) {
    // Ollama speaks OpenAI's words as well: to whom it does, it is asked in them.
    if (kind === 'ollama' && path === '/v1/embeddings') continue
    test(`vectors of ${kind} for callers of ${path}, at the same cost`, async () => {
      const { upstream, post, wallet } = await openAt(kind)
      upstream.behave(json(answer))
      const response = await post(body, { path })
      const told = await response.text()
      assert.equal(response.status, 200, told)
      assert.equal(upstream.calls[0]?.path, upstreamPath)
      assert.match(told.replaceAll(/\s/g, ''), /\[1\].*\[2\]/)
      assert.equal(wallet().posted, 3_000n)
      assert.equal(response.headers.get('content-type'), 'application/json')
    })
  }
}

test('Google’s embedContent and Ollama’s older route ask for one vector, and get one in their own shape', async () => {
  const { upstream, post } = await openAt('openai-compatible')
  upstream.behave(json(VENDORS[0]?.[2]))
  const google = await post({ content: { parts: [{ text: 'one' }] } }, { path: '/v1beta/models/m:embedContent' })
  assert.deepEqual(await google.json(), { embedding: { values: [1] }, usageMetadata: { promptTokenCount: 3 } })
  const older = await post({ model: 'm', prompt: 'one' }, { path: '/ollama/api/embeddings' })
  assert.deepEqual(await older.json(), { embedding: [1] })
})

test('token ids for another vendor are refused, also where what cannot be carried may be left out', async () => {
  const { upstream, post } = await openAt('google')
  const response = await post({ model: 'm', input: [1, 2, 3] }, { ...EMBEDDINGS, headers: { 'faregate-unsupported': 'drop' } })
  const problem = await problemOf(response)
  assert.deepEqual([response.status, problem['pointer'], upstream.calls.length], [400, '/input', 0])
})

test('M9: what another vendor has no place for is refused by name, or left out and reported', async () => {
  const { upstream, post } = await openAt('google')
  upstream.behave(json(VENDORS[2]?.[2]))
  // The name of a user is no loss, and not worth a word.
  const ask = { ...ASK, input: ['one', 'two'], user: 'u', odd: 1 }
  assert.equal((await problemOf(await post(ask, EMBEDDINGS)))['pointer'], '/odd')
  const dropped = await post(ask, { ...EMBEDDINGS, headers: { 'faregate-unsupported': 'drop' } })
  assert.deepEqual([dropped.status, dropped.headers.get('faregate-dropped')], [200, '/odd'])
})

test('explain says what vectors may cost', async () => {
  const { post, upstream } = await open()
  const explained = (await (await post({ ...ASK, path: '/v1/embeddings' }, { path: '/v1/explain' })).json()) as Record<string, unknown>
  assert.equal(explained['verdict'], 'allow')
  assert.ok(Number(explained['hold']) > 0)
  assert.equal(upstream.calls.length, 0)
})

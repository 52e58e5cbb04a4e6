import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import type { Behaviour } from '../support/upstream.ts'
import { openWorld, problemOf, providerEntry, type World } from '../support/world.ts'

let world: World
/** The model `m` at a vendor of this kind; nobody has any money. */
const openAt = async (kind: string): Promise<World> => {
  world = await openWorld({ grant: '0.000000001', model: { deployments: [{ provider: 'other', model: 'up-model', weight: 1 }] } })
  world.providers.set('other', { ...providerEntry(world.upstream.url.replace(/\/v1$/, ''), 'other'), kind })
  return world
}
afterEach(() => world.close())

const json =
  (value: unknown, status = 200): Behaviour =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))

const MESSAGES = { path: '/v1/messages/count_tokens', headers: { 'anthropic-version': '2023-06-01' } }
const ASK = { model: 'm', messages: [{ role: 'user', content: 'one two three' }] }
const GEMINI = { path: '/v1beta/models/m:countTokens' }
const CONTENTS = { contents: [{ role: 'user', parts: [{ text: 'one two three' }] }] }

test('U12: a count goes to the vendor that counts, byte for byte, and is free: no balance is needed, nothing is held', async () => {
  const { upstream, post, recorded, wallet, storage } = await openAt('anthropic')
  upstream.behave(json({ input_tokens: 11 }))
  const record = recorded()
  const response = await post('{"messages":[{"role":"user","content":"one  two three"}],  "model":"m"}', MESSAGES)
  assert.deepEqual([response.status, await response.json(), response.headers.get('faregate-cost')], [200, { input_tokens: 11 }, '0.00'])
  assert.deepEqual(
    [upstream.calls[0]?.path, upstream.calls[0]?.body.toString()],
    ['/messages/count_tokens', '{"messages":[{"role":"user","content":"one  two three"}],  "model":"up-model"}'],
  )
  const { cost, flags, estimated, outcome, path } = await record
  assert.deepEqual([cost, flags, estimated, outcome, path], [0n, ['free'], false, 'served', MESSAGES.path])
  assert.equal(wallet().held, 0n)
  assert.equal(
    [...storage.accounts.values()].some(({ posted }) => posted > 0n),
    false,
  )
})

test('U12: parameters of a deployment are for answers: a count is not sent any', async () => {
  const { upstream, post, models } = await openAt('anthropic')
  const deployments = [{ provider: 'other', model: 'up-model', weight: 1, parameters: { temperature: 0.5 } }]
  models.set('m', { name: 'm', deployments, managedBy: { source: 'database' } })
  upstream.behave(json({ input_tokens: 11 }))
  assert.equal((await post(ASK, MESSAGES)).status, 200)
  assert.doesNotMatch(upstream.calls[0]?.body.toString() ?? '', /temperature/)
})

test('U12: what Google’s callers count, Anthropic counts for them, and the reverse', async () => {
  await openAt('anthropic')
  world.upstream.behave(json({ input_tokens: 11 }))
  assert.deepEqual(await (await world.post(CONTENTS, GEMINI)).json(), { totalTokens: 11 })
  await world.close()
  await openAt('google')
  world.upstream.behave(json({ totalTokens: 12 }))
  assert.deepEqual(await (await world.post(ASK, MESSAGES)).json(), { input_tokens: 12 })
  assert.equal(world.upstream.calls[0]?.path, '/models/up-model:countTokens')
})

test('U12: behind a vendor that does not count our tokenizer does, without a call', async () => {
  const { upstream, post, recorded } = await openAt('openai-compatible')
  const record = recorded()
  assert.deepEqual(await (await post(ASK, MESSAGES)).json(), { input_tokens: 3 })
  assert.deepEqual([(await record).estimated, upstream.calls.length], [true, 0])
  assert.deepEqual(await (await post(CONTENTS, GEMINI)).json(), { totalTokens: 4 })
})

test('U12: a vendor that fails is no reason not to count; one that refuses the request is heard', async () => {
  const { upstream, post } = await openAt('anthropic')
  upstream.behave(json({ type: 'error', error: { type: 'overloaded_error', message: 'later' } }, 529))
  assert.deepEqual(await (await post(ASK, MESSAGES)).json(), { input_tokens: 3 })
  upstream.behave(json({ type: 'error', error: { type: 'invalid_request_error', message: 'no' } }, 400))
  assert.equal((await post(ASK, MESSAGES)).status, 400)
})

test('E1: a refusal of a count has the envelope of who counts', async () => {
  const { post } = await openAt('anthropic')
  const unknown = (await (await post({ ...ASK, model: 'nobody' }, MESSAGES)).json()) as { type: string; error: { type: string } }
  assert.deepEqual([unknown.type, unknown.error.type], ['error', 'not_found_error'])
  const google = (await (await post(CONTENTS, { path: '/v1beta/models/nobody:countTokens' })).json()) as { error: { status: string } }
  assert.equal(google.error.status, 'NOT_FOUND')
})

test('explain says of a count that it costs nothing', async () => {
  const { post } = await openAt('anthropic')
  const problem = await problemOf(await post({ ...ASK, path: MESSAGES.path }, { path: '/v1/explain' }))
  assert.deepEqual([problem.code, problem['pointer']], ['route_unknown', '/path'])
  assert.match(String(problem['detail']), /costs nothing/)
})

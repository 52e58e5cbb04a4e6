import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { openWorld, providerEntry, type World } from '../support/world.ts'

let world: World
/** A model of Anthropic's, whose answer tells what it used. */
const open = async (usage: Record<string, unknown>): Promise<World> => {
  world = await openWorld({
    price: { input: '1', output: '2', search: '10000' },
    model: { deployments: [{ provider: 'claude', model: 'up', weight: 1 }] },
  })
  world.providers.set('claude', { ...providerEntry(world.upstream.url, 'claude'), kind: 'anthropic' })
  const content = [{ type: 'text', text: 'Found' }]
  const answer = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'up',
    content,
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage,
  }
  world.upstream.behave((response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer)))
  return world
}
afterEach(() => world.close())

const ASK = { model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'hello' }] }
const SEARCH = { ...ASK, tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 3 }] }
const MESSAGES = { path: '/v1/messages' }

test('U7: searches that an answer made are charged each, where they have a price', async () => {
  const { post, wallet } = await open({ input_tokens: 10, output_tokens: 5, server_tool_use: { web_search_requests: 2 } })
  assert.equal((await post(SEARCH, MESSAGES)).status, 200)
  assert.equal(wallet().posted, 10n * 1_000n + 5n * 2_000n + 2n * 10_000_000n)
})

test('U7: an answer that made no search costs none, whatever it might have made', async () => {
  const { post, wallet, recorded } = await open({ input_tokens: 10, output_tokens: 5 })
  const record = recorded()
  assert.equal((await post(SEARCH, MESSAGES)).status, 200)
  assert.equal(wallet().posted, 10n * 1_000n + 5n * 2_000n)
  assert.equal((await record).estimated, false)
})

test('M11: searches that a tool may make are held; without it none are', async () => {
  const { post } = await open({ input_tokens: 1, output_tokens: 1 })
  const hold = async (body: object): Promise<number> => {
    const explained = (await (await post({ ...body, path: MESSAGES.path }, { path: '/v1/explain' })).json()) as { hold: string }
    return Number(explained.hold)
  }
  const without = await hold(ASK)
  assert.ok(without < 0.01)
  assert.ok(Math.abs((await hold(SEARCH)) - without - 0.03) < 0.01)
  assert.ok((await hold({ ...ASK, tools: [{ type: 'web_search_20250305', name: 'web_search' }] })) - without > 0.1)
})

test('M22: more searches than anybody makes are absurd', async () => {
  const { post, wallet, recorded } = await open({ input_tokens: 10, output_tokens: 5, server_tool_use: { web_search_requests: 1_000_000 } })
  const record = recorded()
  assert.equal((await post(SEARCH, MESSAGES)).status, 200)
  assert.deepEqual((await record).flags, ['usage_absurd'])
  assert.ok(wallet().posted < 10_000_000n)
})

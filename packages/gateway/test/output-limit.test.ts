import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { completion, DONE, usageChunk, chunk } from './support/upstream.ts'
import { openWorld, problemOf, providerEntry, type World, type WorldOptions } from './support/world.ts'

const MESSAGES = [{ role: 'user', content: 'hello there' }]
const JSON_HEAD = { 'content-type': 'application/json' }

let world: World
const open = async (options?: WorldOptions): Promise<World> => {
  world = await openWorld(options)
  world.upstream.behave(
    (response) => void response.writeHead(200, JSON_HEAD).end(completion('hi', { prompt_tokens: 1, completion_tokens: 1 })),
  )
  return world
}
afterEach(() => world.close())

const sent = ({ upstream }: World): Record<string, unknown> =>
  JSON.parse(upstream.calls[0]?.body.toString() ?? '{}') as Record<string, unknown>

test('M14: a caller’s limit is repeated under the name that the upstream knows, and not announced as ours', async () => {
  const response = await (await open()).post({ model: 'm', messages: MESSAGES, max_completion_tokens: 7 })
  assert.equal(sent(world)['max_tokens'], 7)
  assert.equal(sent(world)['max_completion_tokens'], 7)
  assert.equal(response.headers.get('faregate-clamped'), null)
})

test('M12: a limit that the model has by itself is not written: the body arrives byte for byte', async () => {
  const response = await (await open({ model: { maxOutput: 300 } })).post({ model: 'm', messages: MESSAGES })
  assert.deepEqual(Object.keys(sent(world)), ['model', 'messages'])
  assert.equal(response.headers.get('faregate-clamped'), null)
})

test('M12: the output limit goes under the member that the model takes', async () => {
  const response = await (await open({ model: { outputLimitMember: 'max_completion_tokens' } })).post({ model: 'm', messages: MESSAGES })
  assert.equal(sent(world)['max_completion_tokens'], 16_384)
  assert.equal(response.headers.get('faregate-clamped'), 'max_completion_tokens=16384')
})

test('M13: JSON where a stream was asked for is not delivered uncovered', async () => {
  const { post, wallet } = await open()
  const response = await post({ model: 'm', messages: MESSAGES, stream: true })
  assert.equal(response.status, 502)
  assert.equal((await problemOf(response)).code, 'provider_error')
  assert.equal(wallet().posted, 0n)
})

test('keys that are rate limited do not hide a deployment that serves', async () => {
  const { post, models, upstream } = await open({ providers: [] })
  const limited = {
    ...providerEntry(upstream.url, 'limited'),
    keys: ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, secret: `sk-${id}`, weight: 1, priority: 0 })),
  }
  world.providers.set('limited', limited)
  models.set('m', {
    name: 'm',
    deployments: [
      { provider: 'limited', model: 'x', weight: 1e12 },
      { provider: 'up', model: 'y', weight: 1e-12 },
    ],
    managedBy: { source: 'database' },
  })
  upstream.behave((response, call) => {
    if (call.headers.authorization === 'Bearer sk-upstream')
      response.writeHead(200, JSON_HEAD).end(completion('hi', { prompt_tokens: 1, completion_tokens: 1 }))
    else response.writeHead(429, JSON_HEAD).end('{}')
  })
  assert.equal((await post({ model: 'm', messages: MESSAGES, max_tokens: 5 })).status, 200)
})

test('M11: explain tells the hold that the request then takes, for a stream too', async () => {
  for (const body of [{ max_tokens: 50 }, {}, { stream: true }, { stream: true, max_tokens: 3 }, { n: 3, max_tokens: 4 }]) {
    const { post, upstream, wallet } = await open({ grant: '0.01' })
    const ask = { model: 'm', messages: MESSAGES, ...body }
    const explained = (await (await post(ask, { path: '/v1/explain' })).json()) as { hold: string; verdict: string }
    assert.equal(explained.verdict, 'allow')
    assert.equal(wallet().held, 0n)
    let held = 0n
    upstream.behave((response) => {
      held = wallet().held
      if (ask.stream === true)
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end(chunk({ content: 'a' }, 'stop') + usageChunk(1, 1) + DONE)
      else response.writeHead(200, JSON_HEAD).end(completion('hi', { prompt_tokens: 1, completion_tokens: 1 }))
    })
    await (await post(ask)).text()
    assert.equal(BigInt(Math.round(Number(explained.hold) * 1e9)), held, JSON.stringify(body))
    await world.close()
  }
  await open()
})

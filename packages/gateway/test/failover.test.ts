import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import { vendors } from '@faregate/providers'
import { completion, type Behaviour } from './support/upstream.ts'
import { openWorld, providerEntry, type World, type WorldOptions } from './support/world.ts'

let world: World
let now: number
const open = async (options: WorldOptions): Promise<World> => {
  now = Date.now()
  world = await openWorld({ ...options, now: () => now })
  return world
}
afterEach(() => world.close())

const ASK = { model: 'm', messages: [{ role: 'user', content: 'hello' }], max_tokens: 5 }
const SERVED = completion('hi', { prompt_tokens: 1, completion_tokens: 1 })

const answering =
  (status: number, headers: Record<string, string> = {}): Behaviour =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(status === 200 ? SERVED : '{"error":{"message":"no"}}')
  }

describe('two keys of one account', () => {
  let first: Behaviour

  /** A provider whose first key is answered as `first` says; the second always serves. */
  async function openKeys(options: WorldOptions = {}): Promise<World> {
    await open({ ...options, model: { deployments: [{ provider: 'two', model: 'up-model', weight: 1 }] } })
    const keys = ['one', 'two'].map((id, priority) => ({ id, secret: `sk-${id}`, weight: 1, priority }))
    world.providers.set('two', { ...providerEntry(world.upstream.url, 'two'), keys })
    world.upstream.behave((response, call) => (keyOf(call.headers) === 'sk-one' ? first : answering(200))(response, call))
    return world
  }

  function keyOf({ authorization }: { authorization?: string | undefined }): string {
    return String(authorization).replace('Bearer ', '')
  }

  /** The keys that one request was tried with. It is served. */
  async function keysTried(): Promise<string[]> {
    const from = world.upstream.calls.length
    assert.equal((await world.post(ASK)).status, 200)
    return world.upstream.calls.slice(from).map(({ headers }) => keyOf(headers))
  }

  const PARKED: [status: number, headers: Record<string, string>, ms: number][] = [
    [401, {}, 60_000],
    [402, {}, 60_000],
    [401, { 'retry-after': '5' }, 5_000],
    [402, { 'retry-after': '90' }, 90_000],
    [429, { 'retry-after': '7' }, 7_000],
    [429, { 'retry-after-ms': '1250' }, 1_250],
  ]

  for (const [status, headers, ms] of PARKED) {
    test(`${status} ${JSON.stringify(headers)} parks that key for ${ms} ms and no other; then one request tries it, and its success brings it back`, async () => {
      first = answering(status, headers)
      const { recorded } = await openKeys()
      const record = recorded()
      assert.deepEqual(await keysTried(), ['sk-one', 'sk-two'])
      assert.deepEqual(
        (await record).attempts.map((attempt) => [attempt.outcome, attempt.status]),
        [
          ['failed', status],
          ['served', 200],
        ],
      )
      now += ms - 1
      assert.deepEqual(await keysTried(), ['sk-two'], 'not before its time')
      now += 1
      const trial = Promise.withResolvers<void>()
      const tried = Promise.withResolvers<void>()
      first = async (response, call) => {
        tried.resolve()
        await trial.promise
        await answering(200)(response, call)
      }
      const probe = world.post(ASK)
      await tried.promise
      assert.deepEqual(await keysTried(), ['sk-two'], 'one at a time')
      trial.resolve()
      assert.equal((await probe).status, 200)
      assert.deepEqual(await keysTried(), ['sk-one'], 'it is back')
    })
  }

  test('a key that cannot even be used is parked without a call', async () => {
    first = answering(200)
    const tried: (string | undefined)[] = []
    const vendor = vendors.get('openai-compatible')
    assert.ok(vendor !== undefined)
    const request: typeof vendor.request = (provider, secret, call) => {
      tried.push(secret)
      if (secret === 'sk-one') throw new Error('the key was cut off')
      return vendor.request(provider, secret, call)
    }
    await openKeys({ vendors: new Map([...vendors, ['openai-compatible', { ...vendor, request }]]) })
    for (const ms of [0, 59_999]) {
      now += ms
      assert.deepEqual(await keysTried(), ['sk-two'])
    }
    assert.deepEqual(tried, ['sk-one', 'sk-two', 'sk-two'])
    now += 1
    await keysTried()
    assert.deepEqual(tried.slice(3), ['sk-one', 'sk-two'], 'until its time is over')
  })

  test('a trial that fails parks the key again, for longer where nobody said how long', async () => {
    first = answering(401)
    await openKeys()
    assert.deepEqual(await keysTried(), ['sk-one', 'sk-two'])
    now += 60_000
    assert.deepEqual(await keysTried(), ['sk-one', 'sk-two'])
    now += 119_999
    assert.deepEqual(await keysTried(), ['sk-two'])
    now += 1
    assert.deepEqual(await keysTried(), ['sk-one', 'sk-two'])
  })
})

test('an outage is not amplified: further attempts end with their budget, and the record says so', async () => {
  const deployments = ['a', 'b'].map((model) => ({ provider: 'up', model, weight: 1 }))
  const { upstream, post, recorded } = await open({ model: { deployments } })
  upstream.behave(answering(500))
  const requests = 200
  let flagged = 0
  for (let sent = 0; sent < requests; sent++) {
    const record = recorded()
    assert.equal((await post(ASK)).status, 502)
    if ((await record).flags.includes('retry_budget_spent')) flagged++
  }
  const again = upstream.calls.length - requests
  assert.ok(again >= 100 && again <= 100 + requests * 0.2 + 1, `${again} further attempts for ${requests} requests`)
  assert.equal(flagged, requests - again)
  now += 10_000
  await post(ASK)
  assert.equal(upstream.calls.length, requests + again + 2, 'time fills it again')
})

test('M6: an application finds what an account keeps of its responses: with two accounts all of them go to one, until that fails', async () => {
  // What is stored may be a whole context, which is held for.
  await open({ grant: '1000.00', model: { deployments: ['a', 'b'].map((provider) => ({ provider, model: 'gpt-4.1', weight: 1 })) } })
  for (const name of ['a', 'b']) {
    const keys = [{ id: name, secret: `sk-${name}`, weight: 1, priority: 0 }]
    world.providers.set(name, { ...providerEntry(world.upstream.url, name), kind: 'openai', keys })
  }
  let down = ''
  world.upstream.behave((response, { headers }) => {
    response.writeHead(headers.authorization === down ? 500 : 200, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({
        id: 'resp_1',
        object: 'response',
        status: 'completed',
        model: 'm',
        output: [],
        usage: { input_tokens: 1, output_tokens: 1 },
      }),
    )
  })
  const ask = async (): Promise<number> =>
    (await world.post({ model: 'm', input: 'hi', previous_response_id: 'resp_1', max_output_tokens: 16 }, { path: '/v1/responses' })).status
  for (let asked = 0; asked < 12; asked++) assert.equal(await ask(), 200)
  const [account, ...others] = new Set(world.upstream.calls.map(({ headers }) => headers.authorization))
  assert.deepEqual(others, [])
  assert.ok(world.upstream.calls.every(({ body }) => body.includes('"previous_response_id":"resp_1"')))
  down = account ?? ''
  assert.equal(await ask(), 200)
})

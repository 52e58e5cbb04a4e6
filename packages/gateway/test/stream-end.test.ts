import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import { createTokenCounter } from '@faregate/pricing'
import { setTimeout as wait } from 'node:timers/promises'
import { chunk, DONE, usageChunk, type Behaviour } from './support/upstream.ts'
import { openWorld, problemOf, type World, type WorldOptions } from './support/world.ts'

const ASK = { model: 'm', messages: [{ role: 'user', content: 'hello there' }], max_tokens: 100, stream: true }
const SSE = { 'content-type': 'text/event-stream' }
/** What the prompt costs by our own count: two words and a role. */
const PROMPT = 3n * 1000n

let world: World
const open = async (options?: WorldOptions): Promise<World> => {
  world = await openWorld(options)
  return world
}
afterEach(() => world.close())

const words = (count: number): string[] => Array.from({ length: count }, (_, i) => chunk({ content: ` w${i}` }))

/** Sends these events, lets them arrive, then cuts the connection. */
const cutAfter =
  (...events: string[]): Behaviour =>
  async (response) => {
    response.writeHead(200, SSE)
    for (const event of events) response.write(event)
    await wait(30)
    response.destroy()
  }

test('M22: usage that came with the first chunk is not believed of a stream that is cut later', async () => {
  const { upstream, post, recorded } = await open()
  upstream.behave(cutAfter(usageChunk(10, 1), ...words(50)))
  const record = recorded()
  await (await post(ASK)).text()
  const { cost, estimated } = await record
  assert.deepEqual({ cost, estimated }, { cost: PROMPT + 50n * 2000n, estimated: true })
})

test('M20: a stream that is cut pays what was delivered, not what its upstream said that it was going to make', async () => {
  const { upstream, post, recorded } = await open()
  upstream.behave(cutAfter(usageChunk(10, 100), ...words(5)))
  const record = recorded()
  await (await post(ASK)).text()
  const { cost, estimated } = await record
  assert.deepEqual({ cost, estimated }, { cost: PROMPT + 5n * 2000n, estimated: true })
})

test('M20: where the tokenizer is away, what is charged is bounded from below, though what is held is bounded from above', async () => {
  const tokens = createTokenCounter({ worker: new URL('file:///no-such-worker.ts') })
  const { upstream, post, recorded } = await open({ tokens })
  upstream.behave(cutAfter(...words(5)))
  const record = recorded()
  await (await post(ASK)).text()
  const { cost } = await record
  assert.ok(cost > 5n * 2000n && cost <= 5n * 2000n + PROMPT, `${cost}`)
  tokens.close()
})

for (const [name, events] of [
  ['is absurd', [...words(5), chunk({}, 'stop'), usageChunk(10, 401)]],
  ['tells of no output, although there was some', [...words(5), chunk({}, 'stop'), usageChunk(10, 0)]],
  ['came before there was any output', [usageChunk(10, 0), ...words(5), chunk({}, 'stop')]],
] as const) {
  test(`M22: usage of a whole stream that ${name} counts as missing: our own count is charged, output included`, async () => {
    const { upstream, post, recorded } = await open()
    upstream.behave((response) => void response.writeHead(200, SSE).end([...events, DONE].join('')))
    const record = recorded()
    await (await post(ASK)).text()
    const { cost, estimated } = await record
    assert.deepEqual({ cost, estimated }, { cost: PROMPT + 5n * 2000n, estimated: true })
  })
}

test('M20: a stream that fails without output is void, although usage came', async () => {
  const { upstream, post, recorded, wallet } = await open()
  upstream.behave(cutAfter(usageChunk(10, 1), chunk({ role: 'assistant' })))
  const record = recorded()
  const text = await (await post(ASK)).text()
  assert.match(text, /"charged":false/)
  assert.equal((await record).cost, 0n)
  assert.deepEqual(wallet(), { available: 1_000_000_000n, held: 0n, posted: 0n })
})

test('a stream that was charged in part says so, and never that nothing was charged', async () => {
  const { upstream, post } = await open()
  upstream.behave(cutAfter(...words(5)))
  const text = await (await post(ASK)).text()
  assert.match(text, /"charged":"0\.000013"/)
  assert.match(text, /What was delivered is charged: 0\.000013/)
  assert.doesNotMatch(text, /othing was charged/)
  assert.match(text, /"retryable":false/)
})

test('M25: the error event of a late settle tells what the late settle charges', async () => {
  const { upstream, post, breakLedger, gateway, wallet } = await open()
  let mend = (): void => {}
  upstream.behave(async (response) => {
    response.writeHead(200, SSE)
    response.write([...words(2), chunk({}, 'stop'), usageChunk(2, 2)].join(''))
    await wait(20)
    mend = breakLedger()
    response.end(DONE)
  })
  const text = await (await post(ASK)).text()
  assert.match(text, /"charged":"0\.000006"/)
  mend()
  while (gateway.unsettled > 0) await wait(20)
  assert.equal(wallet().posted, 6000n)
})

test('M20, M25: a stream without output whose settle is late ends in error, and is void', async () => {
  const { upstream, post, breakLedger, gateway, wallet, recorded } = await open()
  let mend = (): void => {}
  upstream.behave(async (response) => {
    response.writeHead(200, SSE)
    response.write([chunk({ role: 'assistant' }), chunk({}, 'stop'), usageChunk(2, 2)].join(''))
    await wait(20)
    mend = breakLedger()
    response.end(DONE)
  })
  const record = recorded()
  const text = await (await post(ASK)).text()
  assert.match(text, /"charged":false/)
  assert.equal((await record).outcome, 'failed')
  mend()
  while (gateway.unsettled > 0) await wait(20)
  assert.deepEqual(wallet(), { available: 1_000_000_000n, held: 0n, posted: 0n })
})

test('S6: comments before an error do not make it a stream', async () => {
  const { upstream, post } = await open()
  upstream.behave(
    (response) => void response.writeHead(200, SSE).end(': PROCESSING\n\ndata: {"error":{"message":"overloaded","code":503}}\n\n'),
  )
  const response = await post(ASK)
  assert.equal(response.status, 502)
  assert.equal((await problemOf(response)).code, 'provider_error')
})

test('comments before the first event are forwarded', async () => {
  const { upstream, post } = await open()
  const events = `: PROCESSING\n\n${words(1).join('')}${chunk({}, 'stop')}`
  upstream.behave((response) => void response.writeHead(200, SSE).end(events + usageChunk(2, 1) + DONE))
  assert.equal(await (await post(ASK)).text(), events + DONE)
})

test('S10: a reader who stops reading stops the upstream, while slices are taken', async () => {
  const { upstream, post } = await open({ grant: '100' })
  let written = 0
  const big = chunk({ content: 'x'.repeat(1000) })
  upstream.behave(async (response) => {
    response.writeHead(200, SSE)
    response.on('error', () => {})
    while (!response.destroyed && written < 60_000) {
      written += 1
      if (!response.write(big)) await Promise.race([new Promise((resolve) => response.once('drain', resolve)), wait(400)])
      if (response.writableLength > 1_000_000) break
    }
  })
  const controller = new AbortController()
  const response = await post({ ...ASK, max_tokens: 10_000_000 }, { signal: controller.signal })
  await wait(600)
  assert.ok(written < 30_000, `${written} events left the upstream although nobody reads`)
  controller.abort()
  await response.body?.cancel().catch(() => {})
})

describe('S5: legacy completions that fail in mid-stream', () => {
  const COMPLETE = { model: 'm', prompt: 'hello there', max_tokens: 100, stream: true }
  const piece = (text: string): string =>
    `data: ${JSON.stringify({ id: 'cmpl-1', object: 'text_completion', created: 1, model: 'up', choices: [{ text, index: 0, logprobs: null, finish_reason: null }] })}\n\n`
  const FAILED = 'data: {"error":{"message":"The server had an error","type":"server_error","code":null}}\n\n'

  for (const [how, behaviour] of [
    ['are cut', cutAfter(piece(' one'), piece(' two'))],
    ['end without their end', (response) => void response.writeHead(200, SSE).end(piece(' one') + piece(' two'))],
    ['tell an error', (response) => void response.writeHead(200, SSE).end(piece(' one') + piece(' two') + FAILED + DONE)],
  ] as [string, Behaviour][])
    test(`${how}: the shape of completions to the last chunk, no [DONE], what was delivered is charged`, async () => {
      const { upstream, post, recorded } = await open()
      upstream.behave(behaviour)
      const record = recorded()
      const text = await (await post(COMPLETE, { path: '/v1/completions' })).text()
      assert.equal(upstream.calls[0]?.path, '/v1/completions')
      assert.ok(text.startsWith(piece(' one') + piece(' two')))
      assert.doesNotMatch(text, /\[DONE\]|The server had an error/)
      const events = text.split('\n\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line.slice(6)) as Record<string, unknown>]))
      const { id, object, choices, error } = events.at(-2) ?? {}
      assert.deepEqual([id, object], ['cmpl-1', 'text_completion'])
      assert.deepEqual(choices, [{ text: '', index: 0, logprobs: null, finish_reason: 'error' }])
      assert.equal((error as { code: string }).code, 'provider_error')
      const { outcome, cost } = await record
      assert.equal(outcome, 'partial')
      assert.ok(cost > 2n * 2000n && cost <= PROMPT + 2n * 2000n, `${cost}`)
    })
})

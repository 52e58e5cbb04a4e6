import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { chunk, DONE, usageChunk, type Behaviour } from './support/upstream.ts'
import { openWorld, problemOf, type World, type WorldOptions } from './support/world.ts'

const ASK = { model: 'm', messages: [{ role: 'user', content: 'hello there' }], max_tokens: 100, stream: true }
/** What the prompt costs by our own count: two words and a role. */
const PROMPT = 3n * 1000n

let world: World
const open = async (options?: WorldOptions): Promise<World> => {
  world = await openWorld(options)
  return world
}
afterEach(() => world.close())

const SSE = { 'content-type': 'text/event-stream' }
const stream =
  (...events: string[]): Behaviour =>
  (response) =>
    void response.writeHead(200, SSE).end(events.join(''))
const words = (count: number): string[] => Array.from({ length: count }, (_, i) => chunk({ content: ` w${i}` }))

test('a stream arrives byte for byte; usage that the caller did not ask for is asked for, used and stripped', async () => {
  const { upstream, post, recorded, wallet } = await open()
  const events = [chunk({ role: 'assistant', content: '' }), ...words(3), chunk({}, 'stop')]
  upstream.behave(stream(...events, usageChunk(10, 3), DONE))
  const record = recorded()
  const response = await post(ASK)
  assert.equal(await response.text(), events.join('') + DONE)
  assert.match(upstream.calls[0]?.body.toString() ?? '', /"stream_options":\{"include_usage":true\}/)
  const { cost, outcome, delivery, estimated } = await record
  assert.deepEqual({ cost, outcome, delivery, estimated }, { cost: 16_000n, outcome: 'served', delivery: 'confirmed', estimated: false })
  assert.deepEqual(wallet(), { available: 1_000_000_000n - 16_000n, held: 0n, posted: 16_000n })
})

test('usage that the caller asked for is forwarded, once', async () => {
  const { upstream, post } = await open()
  upstream.behave(stream(...words(2), chunk({}, 'stop'), usageChunk(10, 2), DONE))
  const text = await (await post({ ...ASK, stream_options: { include_usage: true } })).text()
  assert.equal(text.split('"usage"').length - 1, 1)
})

test('M13: a stream is held slice by slice and posted up to its cost', async () => {
  const { upstream, post, storage, recorded } = await open()
  upstream.behave(stream(...words(40), chunk({}, 'stop'), usageChunk(2, 40), DONE))
  const record = recorded()
  const response = await post(ASK)
  await response.text()
  const { id, cost } = await record
  const slices = [...storage.entries.values()].filter(({ kind, request }) => kind === 'hold' && request === id).length
  assert.ok(slices >= 5 && slices <= 13, `${slices} slices`)
  assert.equal(cost, 2n * 1000n + 40n * 2000n)
})

test('M13: an endless stream delivers what the balance covers, charges just that, and says why it ends', async () => {
  const { upstream, post, wallet, recorded } = await open({ grant: '0.0003' })
  upstream.behave(async (response) => {
    response.writeHead(200, SSE)
    for (let i = 0; !response.destroyed && i < 10_000; i++) if (!response.write(chunk({ content: ` w${i}` }))) await wait(1)
  })
  const record = recorded()
  const text = await (await post({ ...ASK, max_tokens: 5000 })).text()
  const delivered = text.split('"content":" w').length - 1
  // The refusal comes as a chunk, then by itself.
  const last = text.trim().split('\n\n').at(-2) ?? ''
  const event = JSON.parse(last.slice('data: '.length)) as {
    error: { code: string; deliveredTokens?: number }
    choices: { finish_reason: string }[]
  }
  assert.match(JSON.stringify(event), /stream_funds_exhausted/)
  assert.equal(event.choices[0]?.finish_reason, 'error')
  assert.ok(!text.includes('[DONE]'))
  const { cost, outcome, denial } = await record
  assert.equal(cost, PROMPT + BigInt(delivered) * 2000n)
  assert.equal(outcome, 'partial')
  assert.equal(denial, 'stream_funds_exhausted')
  assert.ok(wallet().available >= 0n)
  assert.equal(wallet().held, 0n)
  assert.ok(delivered >= 100, `${delivered} delivered`)
})

test('M14: where output can be hidden the whole bound is held at once', async () => {
  const { upstream, post, storage, recorded } = await open({ model: { hiddenOutput: true } })
  upstream.behave(stream(...words(40), chunk({}, 'stop'), usageChunk(2, 90), DONE))
  const record = recorded()
  await (await post(ASK)).text()
  const { id, cost } = await record
  assert.equal([...storage.entries.values()].filter(({ kind, request }) => kind === 'hold' && request === id).length, 1)
  assert.equal(cost, 2n * 1000n + 90n * 2000n)
})

test('M20: a stream that is cut ends in an in-band error, and only what was delivered is charged', async () => {
  const { upstream, post, recorded } = await open()
  upstream.behave(async (response) => {
    response.writeHead(200, SSE)
    for (const event of words(5)) response.write(event)
    await wait(20)
    response.destroy()
  })
  const record = recorded()
  const text = await (await post(ASK)).text()
  assert.match(text, /provider_error/)
  assert.ok(!text.includes('[DONE]'))
  const { cost, estimated, outcome } = await record
  assert.deepEqual({ cost, estimated, outcome }, { cost: PROMPT + 5n * 2000n, estimated: true, outcome: 'partial' })
})

test('a stream that ends without its terminal event, although every choice has finished, is complete', async () => {
  const { upstream, post } = await open()
  upstream.behave(stream(...words(2), chunk({}, 'stop'), usageChunk(1, 2)))
  const text = await (await post(ASK)).text()
  assert.ok(text.endsWith(DONE))
})

test('S6: an error as the first event is an answer with a status, not a stream', async () => {
  const { upstream, post, wallet } = await open()
  upstream.behave(stream('data: {"error":{"message":"overloaded","code":503}}\n\n'))
  const response = await post(ASK)
  assert.equal(response.status, 502)
  assert.equal((await problemOf(response)).code, 'provider_error')
  assert.equal(wallet().held, 0n)
})

test('M21: a caller who goes away in mid-stream pays for what was delivered; the upstream’s socket closes', async () => {
  const { upstream, post, recorded, wallet } = await open()
  upstream.behave((response) => {
    response.writeHead(200, SSE)
    for (const event of words(4)) response.write(event)
  })
  const record = recorded()
  const controller = new AbortController()
  const response = await post(ASK, { signal: controller.signal })
  const reader = response.body?.getReader()
  await reader?.read()
  controller.abort()
  const { outcome, estimated, cost } = await record
  assert.deepEqual({ outcome, estimated, cost }, { outcome: 'aborted', estimated: true, cost: PROMPT + 4n * 2000n })
  await upstream.calls[0]?.closed
  assert.equal(wallet().held, 0n)
})

test('M21: after a finish reason usage is waited for, although the caller has gone', async () => {
  const { upstream, post, recorded } = await open()
  const controller = new AbortController()
  upstream.behave(async (response) => {
    response.writeHead(200, SSE)
    response.write([...words(2), chunk({}, 'stop')].join(''))
    await wait(60)
    controller.abort()
    await wait(60)
    response.end(usageChunk(7, 2) + DONE)
  })
  const record = recorded()
  const response = await post(ASK, { signal: controller.signal })
  await assert.rejects(response.text())
  const { estimated, cost, outcome } = await record
  assert.deepEqual({ estimated, cost, outcome }, { estimated: false, cost: 7n * 1000n + 2n * 2000n, outcome: 'aborted' })
})

test('M25: a stream whose settle is not durable withholds its terminal event', async () => {
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
  assert.ok(!text.includes('[DONE]'))
  assert.match(text, /ledger_unavailable/)
  mend()
  while (gateway.unsettled > 0) await wait(20)
  assert.deepEqual(wallet(), { available: 1_000_000_000n - 6000n, held: 0n, posted: 6000n })
})

test('S8: silence in a stream is filled with comments, between events', async () => {
  const { upstream, post } = await open({ limits: { keepAliveMs: 30 } })
  upstream.behave(async (response) => {
    response.writeHead(200, SSE)
    response.write(words(1)[0])
    await wait(100)
    response.end(chunk({}, 'stop') + usageChunk(2, 1) + DONE)
  })
  const text = await (await post(ASK)).text()
  assert.match(text, /\n\n: keep-alive\n\n/)
  assert.ok(text.endsWith(DONE))
})

test('S9: silence beyond the limit ends the stream in a timeout', async () => {
  const { upstream, post } = await open({ upstreamLimits: { silenceMs: 200 } })
  upstream.behave((response) => {
    response.writeHead(200, SSE)
    response.write(words(1)[0])
  })
  assert.match(await (await post(ASK)).text(), /provider_timeout/)
})

test('the next event leaves the upstream only after the caller has the last: nothing is buffered', async () => {
  const { upstream, post } = await open()
  let next = Promise.withResolvers<void>()
  upstream.behave(async (response) => {
    response.writeHead(200, SSE)
    for (const event of words(20)) {
      response.write(event)
      await next.promise
      next = Promise.withResolvers<void>()
    }
    response.end(chunk({}, 'stop') + usageChunk(2, 20) + DONE)
  })
  const response = await post(ASK)
  let seen = 0
  for await (const piece of response.body ?? []) {
    seen += Buffer.from(piece).toString().split('"content"').length - 1
    next.resolve()
  }
  assert.equal(seen, 20)
})

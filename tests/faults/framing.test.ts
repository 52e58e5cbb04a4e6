import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { chunk, either, openStream, usage, usageChunk } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { pieces } from '../support/faults.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { chatStream } from '../support/sse.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'

const SSE = { 'content-type': 'text/event-stream' }
const TOKEN = 1_000_000n
const MODEL = 'framed'
const TEXT = [chunk(MODEL, { role: 'assistant', content: '' }), chunk(MODEL, { content: 'Grüße 👋' }), chunk(MODEL, {}, 'stop')].join('')
const WHOLE = `${TEXT}${usageChunk(MODEL, usage(3, 4))}data: [DONE]\n\n`

describe('streams, however they are framed', () => {
  let upstream: Upstream
  let gateway: Gateway

  before(async () => {
    upstream = await startUpstream()
    const model = { price: { input: '0', output: '1000' }, maxOutput: 100 }
    gateway = await startGateway({
      config: configuration(upstream, { framed: model, quiet: model }, { limits: { keepAliveMs: 200, silenceMs: 5_000 } }),
    })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  function call(key: string, more: Record<string, unknown> = {}): ReturnType<Gateway['chat']> {
    return gateway.chat(key, { model: MODEL, stream: true, messages: say(), ...more })
  }

  test('S1: split at every byte offset, the caller gets the same bytes and the same charge', async () => {
    const bytes = Buffer.from(WHOLE)
    const customer = await gateway.customer('100.00')
    const offsets = Array.from({ length: bytes.length - 1 }, (_, i) => i + 1)
    upstream.on(MODEL, ...offsets.map((at) => pieces(SSE, [bytes.subarray(0, at), bytes.subarray(at)])))
    const lanes = Array.from({ length: 8 }, async (_, lane) => {
      for (let i = lane; i < offsets.length; i += 8) {
        const result = await call(customer.key, { stream_options: { include_usage: true } })
        assert.equal(result.text, WHOLE)
      }
    })
    await Promise.all(lanes)
    assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), BigInt(offsets.length) * 4n * TOKEN)
  })

  test('U5: a caller who does not ask for usage does not see the chunk that the gateway asked for; one who asks sees exactly one', async () => {
    const customer = await gateway.customer('1.00')
    upstream.on(MODEL, either(4, { usage: usage(3, 4) }))
    const plain = await call(customer.key)
    assert.equal(upstream.calls.at(-1)?.body['stream_options'] instanceof Object, true)
    const seen = chatStream(plain.body)
    assert.equal(seen.done, 1)
    assert.ok(
      seen.chunks.every((one) => (one.choices?.length ?? 0) > 0),
      'no chunk without choices',
    )
    assert.equal(seen.usage.length, 0)
    const asked = chatStream((await call(customer.key, { stream_options: { include_usage: true } })).body)
    assert.equal(asked.usage.length, 1)
    assert.equal(asked.done, 1)
    assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 8n * TOKEN)
  })

  test("U5: include_usage false is the caller's word, and its other stream options are kept", async () => {
    const customer = await gateway.customer('1.00')
    upstream.on(MODEL, either(4, { usage: usage(3, 4) }))
    const result = await call(customer.key, { stream_options: { include_obfuscation: false, include_usage: false } })
    assert.deepEqual(upstream.calls.at(-1)?.body['stream_options'], { include_obfuscation: false, include_usage: true })
    assert.equal(chatStream(result.body).usage.length, 0)
  })

  test('S8: in the silence of an upstream a comment keeps the connection open, and never lands within an event', async () => {
    const customer = await gateway.customer('1.00')
    upstream.on('quiet', async (exchange) => {
      openStream(exchange)
      const half = chunk(exchange.model, { content: ' the' })
      exchange.response.write(half.slice(0, 40))
      await new Promise((resolve) => setTimeout(resolve, 700))
      exchange.response.write(half.slice(40))
      await new Promise((resolve) => setTimeout(resolve, 700))
      exchange.response.end(`${chunk(exchange.model, {}, 'stop')}data: [DONE]\n\n`)
    })
    const result = await gateway.chat(customer.key, { model: 'quiet', stream: true, messages: say() })
    assert.match(result.text, /^:.*$/m)
    const seen = chatStream(result.body)
    assert.equal(seen.content, ' the')
    assert.equal(seen.done, 1)
  })

  test('S8: what the upstream sends arrives as it is sent, not when the answer is whole', async () => {
    const customer = await gateway.customer('1.00')
    upstream.on(MODEL, either(5, { everyMs: 300 }))
    const result = await call(customer.key)
    assert.ok(result.firstByteMs < result.totalMs - 900, `first byte after ${result.firstByteMs} of ${result.totalMs} ms`)
  })
})

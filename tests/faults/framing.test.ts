import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { chunk, either, openStream, usage, usageChunk } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { chatStream } from '../support/sse.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Behaviour, Upstream } from '../support/upstream.ts'
import { gate, pause, within } from '../support/wait.ts'

const SSE = { 'content-type': 'text/event-stream' }
const TOKEN = 1_000_000n
const MODEL = 'framed'
const TEXT = [chunk(MODEL, { role: 'assistant', content: '' }), chunk(MODEL, { content: 'Grüße 👋' }), chunk(MODEL, {}, 'stop')].join('')
/** The same for a caller who did not ask for usage. */
const VISIBLE = `${TEXT}data: [DONE]\n\n`
const WHOLE = `${TEXT}${usageChunk(MODEL, usage(3, 4))}data: [DONE]\n\n`

/** Sends two parts so far apart that nobody reads them as one. */
function apart(first: Buffer, second: Buffer): Behaviour {
  return async (exchange) => {
    exchange.response.writeHead(200, SSE)
    exchange.response.write(first)
    await pause(3)
    exchange.response.end(second)
  }
}

describe('streams, byte for byte', () => {
  let upstream: Upstream
  let gateway: Gateway

  before(async () => {
    upstream = await startUpstream()
    gateway = await startGateway({
      config: configuration(upstream, { [MODEL]: { price: { input: '0', output: '1000' }, maxOutput: 100 } }),
    })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  for (const [name, wire, expected, asked] of [
    ['', WHOLE, WHOLE, true],
    [', usage that only the gateway asked for among them', WHOLE, VISIBLE, false],
    [', lines ended by CR LF', WHOLE.replaceAll('\n', '\r\n'), WHOLE.replaceAll('\n', '\r\n'), true],
  ] as const) {
    test(`S1: split at every byte offset${name}, the caller gets the same bytes and the same charge`, async () => {
      const bytes = Buffer.from(wire)
      const customer = await gateway.customer('100.00')
      const offsets = Array.from({ length: bytes.length - 1 }, (_, i) => i + 1)
      upstream.on(MODEL, ...offsets.map((at) => apart(bytes.subarray(0, at), bytes.subarray(at))))
      const lanes = Array.from({ length: 8 }, async (_, lane) => {
        for (let i = lane; i < offsets.length; i += 8) {
          const result = await gateway.chat(customer.key, {
            model: MODEL,
            stream: true,
            messages: say(),
            ...(asked ? { stream_options: { include_usage: true } } : {}),
          })
          assert.equal(result.text, expected)
        }
      })
      await Promise.all(lanes)
      assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), BigInt(offsets.length) * 4n * TOKEN)
    })
  }

  for (const asked of [true, false]) {
    test(`M13: nothing is buffered: each event is sent only once the caller has the one before, however small (usage ${asked ? 'asked for' : 'injected'})`, async () => {
      const customer = await gateway.customer('1.00')
      const events = [
        chunk(MODEL, { role: 'assistant', content: '' }),
        chunk(MODEL, { content: 'a' }),
        ': ping\n\n',
        chunk(MODEL, { content: 'b' }),
        'data:{"choices":[]}\n\n',
        chunk(MODEL, { tool_calls: [{ index: 0, function: { arguments: '{' } }] }),
        chunk(MODEL, { reasoning_content: 'c' }),
        'event: message\nid: 7\ndata: {"choices":[{"index":0,"delta":{"content":"d"}}]}\n\n',
        chunk(MODEL, {}, 'stop'),
      ]
      let received = ''
      let arrived = gate()
      let late: unknown
      upstream.on(MODEL, async (exchange) => {
        exchange.response.writeHead(200, SSE)
        let sent = ''
        for (const event of events) {
          arrived = gate()
          sent += event
          exchange.response.write(event)
          try {
            await within(5_000, `this event to arrive before the next is sent: ${event}`, arrivalOf(sent))
          } catch (error) {
            late = error
            break
          }
        }
        exchange.response.end(`${usageChunk(MODEL, usage(3, 4))}data: [DONE]\n\n`)
      })
      const arrivalOf = async (sent: string): Promise<void> => {
        while (!received.endsWith(sent)) {
          await arrived.promise
          arrived = gate()
        }
      }
      const result = await gateway.chat(
        customer.key,
        { model: MODEL, stream: true, messages: say(), ...(asked ? { stream_options: { include_usage: true } } : {}) },
        {
          onData: (piece) => {
            received += piece.toString()
            arrived.open()
          },
        },
      )
      assert.ifError(late)
      assert.equal(result.text, `${events.join('')}${asked ? usageChunk(MODEL, usage(3, 4)) : ''}data: [DONE]\n\n`)
      assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 4n * TOKEN)
    })
  }
})

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

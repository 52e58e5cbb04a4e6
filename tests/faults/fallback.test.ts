import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { answer, either, usage } from '../support/behaviours.ts'
import { say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { cutAfter, openaiError, resetBeforeHead, silentBeforeHead, status } from '../support/faults.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { header, json } from '../support/http.ts'
import { chatStream } from '../support/sse.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Behaviour, Upstream } from '../support/upstream.ts'

const TOKEN = 1_000_000n

/** Failures of the first deployment that another one can make good. */
const RECOVERABLE: [string, Behaviour][] = [
  ['resets', resetBeforeHead],
  ['answers 500', status(500, openaiError('boom', 'server_error', null))],
  ['answers 429', status(429, openaiError('slow down', 'requests', 'rate_limit_exceeded'))],
  ['is unpaid', status(429, openaiError('quota', 'insufficient_quota', 'insufficient_quota'))],
  ['refuses the key', status(401, openaiError('bad key', 'invalid_request_error', 'invalid_api_key'))],
  ['is silent', silentBeforeHead],
]

/** Two for each failure, and four more. */
const CASES = 2 * RECOVERABLE.length + 4

describe('a model with two deployments', () => {
  let upstream: Upstream
  let gateway: Gateway

  before(async () => {
    upstream = await startUpstream()
    // Each case has a first deployment of its own, because one that has failed is left alone for a while.
    const provider = (name: string) => ({ name, kind: 'openai-compatible', baseUrl: upstream.url, apiKey: `sk-${name}` })
    const model = (i: number) => ({
      deployments: [
        { provider: `first-${i}`, model: 'bad', weight: 1_000_000 },
        { provider: 'second', model: 'good', weight: 1 },
      ],
      price: { input: '0', output: '1000' },
    })
    const all = Array.from({ length: CASES }, (_, i) => i)
    gateway = await startGateway({
      config: {
        providers: [...all.map((i) => provider(`first-${i}`)), provider('second')],
        models: Object.fromEntries(all.map((i) => [`m${i}`, model(i)])),
        limits: { firstByteMs: 1_000 },
      },
    })
    upstream.on('good', either(4, { usage: usage(0, 4) }))
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  for (const [i, [name, fault]] of RECOVERABLE.entries()) {
    for (const streaming of [false, true]) {
      const model = `m${2 * i + Number(streaming)}`
      test(`U8, M20: when the first ${name}, the second serves, both are recorded, and the caller pays for the one that served${streaming ? ' (streaming)' : ''}`, async () => {
        upstream.on('bad', fault)
        const customer = await gateway.customer('1.00')
        const result = await gateway.chat(customer.key, { model, max_tokens: 10, stream: streaming, messages: say() })
        assert.equal(result.status, 200, result.text)
        assert.equal(header(result, 'faregate-provider'), 'second')
        if (streaming) assert.equal(chatStream(result.body).done, 1)
        const record = await gateway.api.record(header(result, 'x-request-id') ?? '')
        // A kept connection that is reset is tried once more on another one.
        const again = name === 'resets' && record.attempts.length === 3 ? 1 : 0
        const tried = record.attempts.slice(again).map((attempt) => [attempt.provider, attempt['outcome']])
        assert.deepEqual(tried, [
          [`first-${model.slice(1)}`, 'failed'],
          ['second', 'served'],
        ])
        assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 4n * TOKEN)
      })
    }
  }

  test('S6: after the first token there is no fallback: the answer ends in error, and the second is not called', async () => {
    upstream.on('bad', cutAfter(3))
    const customer = await gateway.customer('1.00')
    const calls = upstream.callsOf('good').length
    const result = await gateway.chat(customer.key, { model: `m${CASES - 1}`, max_tokens: 10, stream: true, messages: say() })
    assert.ok(chatStream(result.body).error !== undefined, result.text)
    assert.equal(upstream.callsOf('good').length, calls)
  })

  test('a request that the first rejects is not tried at the second: it would be rejected there too', async () => {
    upstream.on('bad', status(400, openaiError('unsupported value', 'invalid_request_error', 'unsupported_value')))
    upstream.on('good', status(400, openaiError('unsupported value', 'invalid_request_error', 'unsupported_value')))
    const customer = await gateway.customer('1.00')
    const calls = upstream.calls.length
    const result = await gateway.chat(customer.key, { model: `m${CASES - 2}`, max_tokens: 10, messages: say() })
    assert.equal(result.status, 400)
    assert.equal(upstream.calls.length, calls + 1)
    assert.equal((json(result)['error'] as { code: string }).code, 'unsupported_value')
    upstream.on('good', answer(usage(0, 4)))
  })

  test('a connection that the upstream closes when it is used again costs nobody an answer: another one serves, and nothing is parked', async () => {
    const customer = await gateway.customer('1.00')
    const model = `m${CASES - 4}`
    const first = `first-${CASES - 4}`
    const ask = async () => {
      const result = await gateway.chat(customer.key, { model, max_tokens: 10, messages: say() })
      assert.equal(result.status, 200, result.text)
      const record = await gateway.api.record(header(result, 'x-request-id') ?? '')
      return record.attempts.map((attempt) => [attempt.provider, attempt['outcome']])
    }
    const served = answer(usage(0, 4))
    upstream.on('bad', served, resetBeforeHead, served)
    assert.deepEqual(await ask(), [[first, 'served']])
    assert.deepEqual(await ask(), [
      [first, 'failed'],
      [first, 'served'],
    ])
    assert.deepEqual(await ask(), [[first, 'served']])
    assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 3n * 4n * TOKEN)
  })

  test('when both fail, nothing is charged, and the record shows both', async () => {
    upstream.on('bad', resetBeforeHead)
    upstream.on('good', resetBeforeHead)
    const customer = await gateway.customer('1.00')
    const result = await gateway.chat(customer.key, { model: `m${CASES - 3}`, max_tokens: 10, messages: say() })
    assert.equal(result.status, 502, result.text)
    const record = await gateway.api.record(header(result, 'x-request-id') ?? '')
    assert.deepEqual(new Set(record.attempts.map(({ provider }) => provider)), new Set([`first-${CASES - 3}`, 'second']))
    assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 0n)
  })
})

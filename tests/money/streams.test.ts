import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { tokens } from '../support/auditor.ts'
import { endStream, stream, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { decimal, nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { header } from '../support/http.ts'
import { chatStream } from '../support/sse.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Exchange, Upstream } from '../support/upstream.ts'
import { within } from '../support/wait.ts'
import { ENDLESS, PRICE, TOKEN, manyStreams } from './many-streams.ts'

describe('a stream cannot overspend', () => {
  let upstream: Upstream
  let gateway: Gateway

  before(async () => {
    upstream = await startUpstream()
    upstream.on('endless', stream(ENDLESS, { everyMs: 1 }))
    upstream.on('burst', stream(ENDLESS))
    upstream.on('short', stream(20))
    upstream.on('hidden', hiddenReasoning)
    upstream.on('deaf', stream(5, { usage: usage(10, 20_005, { reasoning: 20_000 }) }))
    const sliced = { price: PRICE, sliceTokens: 8 }
    const paidInput = { price: { input: '1000', output: '1000' }, sliceTokens: 8, upstreamModel: 'endless' }
    const hidden = { price: PRICE, hiddenOutput: true, maxOutput: 100_000 }
    gateway = await startGateway({
      config: configuration(upstream, { endless: sliced, burst: sliced, short: sliced, 'paid-input': paidInput, hidden, deaf: hidden }),
    })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  for (const model of ['endless', 'burst']) {
    test(`M13: with money for exactly 400 tokens an unending stream delivers at most 400 and charges what it delivered (${model})`, async (context) => {
      const customer = await gateway.customer('0.40')
      const calls = upstream.calls.length
      const result = await within(60_000, 'the end of the stream', gateway.chat(customer.key, { model, stream: true, messages: say() }))
      const seen = chatStream(result.body)
      assert.equal(result.status, 200)
      assert.ok(seen.pieces <= 400, `delivered ${seen.pieces}`)
      assert.ok(seen.pieces >= 256, `delivered only ${seen.pieces} of 400 that were paid for`)
      const balance = await assertSettled(gateway.api, customer.organization)
      assert.equal(nano(balance.posted), BigInt(seen.pieces) * TOKEN)
      assert.ok(nano(balance.available) >= 0n)
      const call = upstream.calls[calls]
      assert.ok(call)
      await within(1_000, 'the upstream to be cancelled', call.closed)
      context.diagnostic(`${seen.pieces} tokens delivered, ${balance.posted} charged, ${balance.available} left`)
    })
  }

  test('M13: the stream that ran out says so in its last event, with what was delivered and charged', async () => {
    const customer = await gateway.customer('0.40')
    const result = await gateway.chat(customer.key, { model: 'endless', stream: true, max_tokens: 100_000, messages: say() })
    const seen = chatStream(result.body)
    assert.match(JSON.stringify(seen.error), /"code":"stream_funds_exhausted"/)
    assert.match(JSON.stringify(seen.error), /"fixes":\[\{"kind":"pay"/, 'waiting for the stream itself does not help')
    const record = await gateway.api.record(header(result, 'x-request-id') ?? '')
    assert.equal(record.denial, 'stream_funds_exhausted')
    assert.equal(record.outcome, 'partial')
    assert.equal(nano(record.cost), BigInt(seen.pieces) * TOKEN)
    assert.match(result.text, /"deliveredTokens":\s*\d+/)
  })

  test('M13: input and delivered output together stay within the balance', async () => {
    const customer = await gateway.customer('0.50')
    const result = await gateway.chat(customer.key, { model: 'paid-input', stream: true, messages: say('Hi') })
    const seen = chatStream(result.body)
    const balance = await assertSettled(gateway.api, customer.organization)
    const record = await gateway.api.record(header(result, 'x-request-id') ?? '')
    const input = record.attempts[0]?.buckets['input'] ?? 0
    assert.ok(input > 0, 'the input was counted')
    assert.equal(nano(balance.posted), tokens(input + seen.pieces, '1000'))
    assert.ok(nano(balance.available) >= 0n)
    assert.equal(record.estimated, true)
  })

  test('M13: a hundred unending streams on one wallet never take it below zero, and the sum delivered is the sum charged', async (context) => {
    context.diagnostic(await manyStreams(gateway, 100, '10.00'))
  })

  test('M13: a slice never reaches beyond the limit of the caller, and a stream that ends by itself is charged by its usage', async () => {
    const customer = await gateway.customer('1.00')
    const { hold } = await gateway.explain(customer.key, { model: 'short', stream: true, max_tokens: 5, messages: say() })
    assert.equal(nano(hold), 5n * TOKEN)
    const wide = await gateway.explain(customer.key, { model: 'short', stream: true, max_tokens: 50, messages: say() })
    assert.equal(nano(wide.hold), 8n * TOKEN)
    const result = await gateway.chat(customer.key, { model: 'short', stream: true, max_tokens: 50, messages: say() })
    const seen = chatStream(result.body)
    assert.equal(seen.done, 1)
    assert.deepEqual(seen.finishReasons, ['stop'])
    assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 20n * TOKEN)
  })

  test('M13, M26: a cap of the key ends a stream like the wallet does', async () => {
    const customer = await gateway.customer('5.00', { cap: { amount: '0.40', period: 'day' } })
    const result = await gateway.chat(customer.key, { model: 'endless', stream: true, messages: say() })
    const seen = chatStream(result.body)
    assert.ok(seen.pieces <= 400)
    const balance = await assertSettled(gateway.api, customer.organization)
    assert.equal(nano(balance.posted), BigInt(seen.pieces) * TOKEN)
  })

  test('M14: a reasoning stream holds its whole bound, sends it upstream as its limit, and 20,000 hidden tokens never exceed the balance', async () => {
    const customer = await gateway.customer('30.00')
    let held = 0n
    upstream.onCall = async () => {
      held = nano((await gateway.api.balance(customer.organization)).held)
    }
    const result = await gateway.chat(customer.key, { model: 'hidden', stream: true, max_tokens: 25_000, messages: say() })
    upstream.onCall = undefined
    assert.equal(held, 25_000n * TOKEN)
    assert.equal(chatStream(result.body).done, 1)
    assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 20_005n * TOKEN)

    const poor = await gateway.customer('10.00')
    const limited = await gateway.chat(poor.key, { model: 'hidden', stream: true, messages: say() })
    assert.equal(limited.status, 200)
    const asked = upstream.callsOf('hidden').at(-1)?.body
    const limit = Number(asked?.['max_completion_tokens'] ?? asked?.['max_tokens'])
    assert.ok(limit <= 10_000, `limit sent upstream: ${limit}`)
    const balance = await assertSettled(gateway.api, poor.organization)
    assert.ok(nano(balance.available) >= 0n, `available ${decimal(nano(balance.available))}`)
  })

  test('M14, M6: an upstream that bills 20,000 hidden tokens whatever its limit takes what the balance has and no more; the rest is the operator’s', async (context) => {
    const customer = await gateway.customer('10.00')
    const result = await gateway.chat(customer.key, { model: 'deaf', stream: true, messages: say() })
    assert.equal(chatStream(result.body).done, 1)
    const balance = await assertSettled(gateway.api, customer.organization)
    assert.equal(nano(balance.posted), 10_000n * TOKEN)
    assert.equal(nano(balance.available), 0n)
    const record = await gateway.api.record(header(result, 'x-request-id') ?? '')
    assert.equal(nano(record.cost), 10_000n * TOKEN)
    assert.ok(record.flags?.includes('absorbed'), JSON.stringify(record.flags))
    context.diagnostic(`20,005 tokens billed, ${balance.posted} of 10.00 charged, ${balance.available} left`)
  })
})

/** Thinks 20,000 tokens (or up to its limit) without showing them, says five, and bills both. */
async function hiddenReasoning(exchange: Exchange): Promise<void> {
  const limit = Number(exchange.body['max_completion_tokens'] ?? exchange.body['max_tokens'] ?? Number.POSITIVE_INFINITY)
  const reasoning = Math.min(20_000, limit - 5)
  await stream(5, { ending: () => endStream(exchange, usage(10, reasoning + 5, { reasoning })) })(exchange)
}

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { either } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { header, json } from '../support/http.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'

const PRICE = { input: '0', output: '1000' }

describe('M12: the output limit of a caller who gives none', () => {
  let upstream: Upstream
  let gateway: Gateway

  before(async () => {
    upstream = await startUpstream()
    upstream.on('*', either(5))
    gateway = await startGateway({
      config: configuration(upstream, {
        old: { price: PRICE, maxOutput: 4_096, outputLimitMember: 'max_tokens' },
        new: { price: PRICE, maxOutput: 4_096, outputLimitMember: 'max_completion_tokens' },
        modest: { price: PRICE, maxOutput: 4_096, maxOutputWhenAbsent: 300 },
      }),
    })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  for (const [model, member] of [
    ['old', 'max_tokens'],
    ['new', 'max_completion_tokens'],
  ] as const) {
    for (const streaming of [false, true]) {
      test(`is what the balance affords, written as ${member}, announced and recorded${streaming ? ' (streaming)' : ''}`, async () => {
        const customer = await gateway.customer('0.50')
        const text = `{"messages":${JSON.stringify(say())},"stream":${streaming},"unknown_member":[1, 2.50],"model":"${model}"}`
        const result = await gateway.chat(customer.key, text)
        assert.equal(result.status, 200, result.text)
        const sent = upstream.callsOf(model).at(-1)
        assert.equal(sent?.body[member], 500)
        assert.equal(Object.keys(sent?.body ?? {}).filter((name) => name.startsWith('max_')).length, 1)
        assert.match(header(result, 'faregate-clamped') ?? '', /\b500\b/)
        assert.ok(sent?.bytes.toString().includes('"unknown_member":[1, 2.50]'), 'other members keep their bytes')
        const record = await gateway.api.record(header(result, 'x-request-id') ?? '')
        assert.equal(record.clamped, 500)
        assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 5_000_000n)
      })
    }
  }

  test('is not written where the model could not make more anyway: the body arrives byte for byte', async () => {
    const customer = await gateway.customer('100.00')
    const text = `{ "model" : "old",  "messages":${JSON.stringify(say('ü'))} }`
    const result = await gateway.chat(customer.key, text)
    assert.equal(result.status, 200)
    assert.equal(upstream.callsOf('old').at(-1)?.bytes.toString(), text)
    assert.equal(header(result, 'faregate-clamped'), undefined)
  })

  test('is the setting of the model, where that is lower', async () => {
    const customer = await gateway.customer('100.00')
    const result = await gateway.chat(customer.key, { model: 'modest', messages: say() })
    assert.match(header(result, 'faregate-clamped') ?? '', /\b300\b/)
  })

  test('the limit that a caller gives is never changed: what it may cost is held, or refused with what is affordable', async () => {
    const customer = await gateway.customer('0.50')
    const refused = await gateway.chat(customer.key, { model: 'old', max_tokens: 600, messages: say() })
    assert.equal(refused.status, 402)
    assert.deepEqual(json(refused)['affordable'], { maxOutputTokens: 500 })
    const served = await gateway.chat(customer.key, { model: 'old', max_tokens: 500, messages: say() })
    assert.equal(served.status, 200)
    assert.equal(upstream.callsOf('old').at(-1)?.body['max_tokens'], 500)
    assert.equal(header(served, 'faregate-clamped'), undefined)
  })

  test('below 256 affordable tokens the request is refused, with what is affordable', async () => {
    const customer = await gateway.customer('0.255')
    const calls = upstream.calls.length
    const refused = await gateway.chat(customer.key, { model: 'old', messages: say() })
    assert.equal(refused.status, 402)
    assert.equal(json(refused)['code'], 'insufficient_balance')
    assert.deepEqual(json(refused)['affordable'], { maxOutputTokens: 255 })
    assert.equal(upstream.calls.length, calls)
  })

  test('M11: n answers are held n times', async () => {
    const customer = await gateway.customer('1.00')
    const one = await gateway.explain(customer.key, { model: 'old', max_tokens: 50, messages: say() })
    const three = await gateway.explain(customer.key, { model: 'old', max_tokens: 50, n: 3, messages: say() })
    assert.equal(nano(three.hold), 3n * nano(one.hold))
  })
})

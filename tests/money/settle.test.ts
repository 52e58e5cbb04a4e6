import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { charge } from '../support/auditor.ts'
import type { Price, Usage } from '../support/auditor.ts'
import { answer, either, usage, words } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { header, send } from '../support/http.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { eventually } from '../support/wait.ts'

const PRICE: Price = { input: '2.5', output: '10', cacheRead: '0.333333333', reasoning: '12.000000001' }
const COARSE: Price = { input: '0', output: '1000' }

/** Usage that providers were seen to report, and must be charged as reported. */
const HONEST: [string, Usage][] = [
  ['plain', usage(17, 23)],
  ['with cached input, which is part of the input', usage(1_017, 23, { cached: 1_000 })],
  ['with reasoning, which is part of the output', usage(17, 523, { reasoning: 500 })],
  ['with reasoning beside the output, as the total tells', { ...usage(12, 2, { reasoning: 340 }), total_tokens: 354 }],
  ['without details', { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 }],
  ['of an empty answer', usage(9, 0)],
]

/** Usage that nobody can be charged by. */
const DISHONEST: [string, unknown][] = [
  ['missing', null],
  ['negative', { prompt_tokens: -5, completion_tokens: 12, total_tokens: 7 }],
  ['fractional', { prompt_tokens: 10.5, completion_tokens: 12, total_tokens: 22.5 }],
  ['absurd', usage(10, 50_000_000)],
  ['text', { prompt_tokens: 'ten', completion_tokens: '12', total_tokens: '22' }],
  ['an empty object', {}],
  ['null members', { prompt_tokens: null, completion_tokens: null, total_tokens: null }],
]

describe('what a request is charged', () => {
  let upstream: Upstream
  let gateway: Gateway

  before(async () => {
    upstream = await startUpstream()
    gateway = await startGateway({
      config: configuration(upstream, {
        exact: { price: PRICE },
        coarse: { price: COARSE },
        odd: { price: PRICE },
        fee: { price: { input: '0', output: '0', request: '250' } },
      }),
    })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  for (const [name, reported] of HONEST) {
    for (const streaming of [false, true]) {
      test(`M1, M15: the charge is the upstream's usage at the configured prices, to the last decimal: ${name}${streaming ? ', streamed' : ''}`, async () => {
        const customer = await gateway.customer('1.00')
        upstream.on('exact', either(reported.completion_tokens, { usage: reported }))
        const result = await gateway.chat(customer.key, {
          model: 'exact',
          max_tokens: 1_000,
          stream: streaming,
          messages: say('x'.repeat(2_000)),
        })
        assert.equal(result.status, 200, result.text)
        const due = charge(PRICE, reported)
        assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), due)
        const record = await gateway.api.record(header(result, 'x-request-id') ?? '')
        assert.equal(nano(record.cost), due)
        assert.equal(record.estimated, false)
        assert.equal(record.outcome, 'served')
        assert.equal(record.delivery, 'confirmed')
        if (!streaming) assert.equal(nano(header(result, 'faregate-cost') ?? ''), due)
      })
    }
  }

  for (const [name, reported] of DISHONEST) {
    test(`M22: usage that is ${name} counts as missing: our own count is charged, within the hold, and flagged`, async () => {
      const customer = await gateway.customer('1.00')
      upstream.on('odd', answer(reported, { content: words(12) }))
      const body = { model: 'odd', max_tokens: 40, messages: say('Hello there') }
      const { hold } = await gateway.explain(customer.key, body)
      const result = await gateway.chat(customer.key, body)
      assert.equal(result.status, 200)
      const record = await gateway.api.record(header(result, 'x-request-id') ?? '')
      const { posted } = await assertSettled(gateway.api, customer.organization)
      assert.equal(record.estimated, true)
      assert.equal(nano(record.cost), nano(posted))
      assert.ok(nano(posted) >= 12n * 10_000n, `at least the twelve tokens of output: ${posted}`)
      assert.ok(nano(posted) <= nano(hold), `${posted} is within the hold of ${hold}`)
    })
  }

  test('M21: our own count is never charged above the hold, however much an upstream without usage sends', async () => {
    const customer = await gateway.customer('1.00')
    upstream.on('coarse', answer(null, { content: words(30) }))
    await gateway.chat(customer.key, { model: 'coarse', max_tokens: 10, messages: say() })
    assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 10_000_000n)
  })

  test('M6: cost beyond the hold is taken from what is available, and flagged as excess', async () => {
    const customer = await gateway.customer('1.00')
    upstream.on('coarse', answer(usage(5, 30)))
    const result = await gateway.chat(customer.key, { model: 'coarse', max_tokens: 10, messages: say() })
    const record = await gateway.api.record(header(result, 'x-request-id') ?? '')
    assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 30_000_000n)
    assert.deepEqual(record.flags, ['excess'])
  })

  test('M6: what neither hold nor balance covers is absorbed by the operator, counted, and the balance ends at zero', async () => {
    const customer = await gateway.customer('0.015')
    upstream.on('coarse', answer(usage(5, 30)))
    const result = await gateway.chat(customer.key, { model: 'coarse', max_tokens: 10, messages: say() })
    assert.equal(result.status, 200)
    const record = await gateway.api.record(header(result, 'x-request-id') ?? '')
    const balance = await assertSettled(gateway.api, customer.organization)
    assert.equal(nano(balance.posted), 15_000_000n)
    assert.equal(nano(balance.available), 0n)
    assert.equal(nano(record.cost), 15_000_000n)
    assert.ok(record.flags?.includes('absorbed'))
    const metrics = await send(`${gateway.url}/metrics`)
    assert.match(metrics.text, /^faregate_\w*absorbed\w*(\{.*\})? (?!0$)\d/m)
  })

  test('M6: caps book the whole cost and may end below zero', async () => {
    const customer = await gateway.customer('1.00', { cap: { amount: '0.02', period: 'month' } })
    upstream.on('coarse', answer(usage(5, 30)))
    await gateway.chat(customer.key, { model: 'coarse', max_tokens: 10, messages: say() })
    const seen = await send(`${gateway.url}/v1/key`, { headers: { authorization: `Bearer ${customer.key}` } })
    const [cap] = (JSON.parse(seen.text) as { caps: { used: string; available: string }[] }).caps
    assert.ok(cap)
    assert.equal(nano(cap.used), 30_000_000n)
    assert.equal(nano(cap.available), -10_000_000n)
    await assertSettled(gateway.api, customer.organization)
  })

  test('a price for the request itself is per million requests, like every price', async () => {
    const customer = await gateway.customer('1.00')
    upstream.on('fee', answer(usage(0, 0)))
    const result = await gateway.chat(customer.key, { model: 'fee', max_tokens: 10, messages: say() })
    assert.equal(result.status, 200, result.text)
    assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 250_000n)
  })

  test('usage adds up the records, by organization, key and model', async () => {
    const customer = await gateway.customer('1.00')
    upstream.on('exact', answer(usage(17, 23)))
    for (let i = 0; i < 3; i++) await gateway.chat(customer.key, { model: 'exact', max_tokens: 100, messages: say() })
    await assertSettled(gateway.api, customer.organization)
    await eventually(async () => assert.equal((await gateway.api.records({ organization: customer.organization })).length, 3))
    const total = await gateway.api.expect<{ requests: number; cost: string; groups: { model: string; requests: number }[] }>(
      200,
      'GET',
      `/api/usage?organization=${customer.organization}&groupBy=model`,
    )
    assert.equal(total.requests, 3)
    assert.equal(nano(total.cost), 3n * charge(PRICE, usage(17, 23)))
    assert.deepEqual(
      total.groups.map((group) => [group.model, group.requests]),
      [['exact', 3]],
    )
  })
})

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { either } from '../support/behaviours.ts'
import { configuration } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { header, json } from '../support/http.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { INVALID, MESSAGES, UNUSUAL } from './invalid.ts'

describe('requests that are not what the route takes', () => {
  let upstream: Upstream
  let gateway: Gateway
  let customer: Customer

  before(async () => {
    upstream = await startUpstream()
    upstream.on('*', either(3))
    gateway = await startGateway({
      config: configuration(upstream, { plain: { maxOutput: 100 }, alias: { upstreamModel: 'real-name', maxOutput: 100 } }),
    })
    customer = await gateway.customer('1.00')
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  for (const [name, body, pointer] of INVALID) {
    test(`${name}: 400 request_invalid${pointer === null ? '' : ` at ${pointer}`}, the upstream is not called`, async () => {
      const calls = upstream.calls.length
      const result = await gateway.chat(customer.key, body)
      assert.equal(result.status, 400, result.text.slice(0, 500))
      const problem = json(result)
      assert.equal(problem['code'], 'request_invalid')
      if (pointer !== null) assert.equal(problem['pointer'], pointer)
      assert.equal(header(result, 'x-should-retry'), 'false')
      assert.equal(upstream.calls.length, calls)
      assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 0n)
    })
  }

  for (const [name, body] of UNUSUAL) {
    test(`T9: ${name}: served, charged once, forwarded byte for byte`, async () => {
      const other = await gateway.customer('1.00')
      const result = await gateway.chat(other.key, body)
      assert.equal(result.status, 200, result.text)
      const [call] = upstream.calls.slice(-1)
      assert.ok(call)
      assert.equal(call.bytes.toString(), body)
      const record = await gateway.api.record(header(result, 'x-request-id') ?? '')
      assert.equal(record.outcome, 'served')
      assert.equal((await assertSettled(gateway.api, other.organization)).posted, record.cost)
    })
  }

  test('T9: nested members of the same names are untouched, and a message that contains "model" before the real member does not mislead', async () => {
    const other = await gateway.customer('1.00')
    const tricky = `{"messages":[{"role":"user","content":"\\"model\\":\\"x\\", \\\\\\" \\"stream\\":true"}],"metadata":{"model":"a","n":"b"},  "tools":[{"type":"function","function":{"name":"f","parameters":{"properties":{"model":{"type":"string"},"stream":{"type":"boolean"}}}}}],"model" : "alias","seed":12345678901234567890, "temperature":1.0}`
    const result = await gateway.chat(other.key, tricky)
    assert.equal(result.status, 200, result.text)
    assert.equal(upstream.calls.at(-1)?.bytes.toString(), tricky.replace('"model" : "alias"', '"model" : "real-name"'))
  })

  test('E7: a body beyond the limit is 413 request_too_large, with the limit', async () => {
    const big = Buffer.concat([Buffer.from(`{"model":"plain",${MESSAGES},"x":"`), Buffer.alloc(50_000_000, 'x'), Buffer.from('"}')])
    const result = await gateway.chat(customer.key, big, { fresh: true })
    assert.equal(result.status, 413)
    const problem = json(result)
    assert.equal(problem['code'], 'request_too_large')
    assert.deepEqual(problem['limit'], { kind: 'body', unit: 'bytes', bytes: 33_554_432 })
    assert.equal((await gateway.chat(customer.key, `{"model":"plain",${MESSAGES}}`)).status, 200)
  })

  test('a body of just below the limit is served', async () => {
    const other = await gateway.customer('1000.00')
    const big = Buffer.concat([
      Buffer.from(`{"model":"plain","max_tokens":5,${MESSAGES},"metadata":{"x":"`),
      Buffer.alloc(20_000_000, 'x'),
      Buffer.from('"}}'),
    ])
    const result = await gateway.chat(other.key, big)
    assert.equal(result.status, 200, result.text.slice(0, 300))
    assert.ok(upstream.calls.at(-1)?.bytes.equals(big), 'it arrives byte for byte')
  })
})

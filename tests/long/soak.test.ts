import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { either, stream, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { residentMb } from '../support/process.ts'
import { chatStream } from '../support/sse.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { ENDLESS, PRICE, TOKEN, manyStreams } from '../money/many-streams.ts'

const MINUTES = Number(process.env['SOAK_MINUTES'] ?? 5)

describe('for a long time', () => {
  let upstream: Upstream
  let gateway: Gateway

  before(async () => {
    upstream = await startUpstream()
    upstream.on('endless', stream(ENDLESS, { everyMs: 1 }))
    upstream.on('mixed', either(20, { usage: usage(0, 20) }))
    gateway = await startGateway({
      config: configuration(upstream, { endless: { price: PRICE, sliceTokens: 8 }, mixed: { price: PRICE } }),
    })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  test('M13: a hundred unending streams on one wallet never take it below zero', async () => {
    await manyStreams(gateway, 100, '10.00')
  })

  test(`a mixed load of ${MINUTES} minutes is charged exactly, and memory stays bounded`, async () => {
    const customer = await gateway.customer('100000.00')
    const end = performance.now() + MINUTES * 60_000
    let whole = 0
    let early = 0
    const workers = Array.from({ length: 20 }, async (_, i) => {
      while (performance.now() < end) {
        const streaming = i % 2 === 0
        const result = await gateway.chat(customer.key, { model: 'mixed', max_tokens: 20, stream: streaming, messages: say() })
        assert.equal(result.status, 200, result.text)
        if (streaming) assert.equal(chatStream(result.body).done, 1)
        if (++whole === 2_000) early = residentMb(gateway.pid)
        upstream.calls.length = 0
      }
    })
    await Promise.all(workers)
    const balance = await assertSettled(gateway.api, customer.organization)
    assert.equal(nano(balance.posted), BigInt(whole) * 20n * TOKEN)
    assert.ok(residentMb(gateway.pid) < Math.max(400, early * 2), `${early} MB after 2,000 calls, ${residentMb(gateway.pid)} MB at the end`)
  })
})

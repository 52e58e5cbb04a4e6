import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { either, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { chatStream } from '../support/sse.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'

const TIMES = Number(process.env['KILLS'] ?? 50)

describe(`killed by its client at the last byte, ${TIMES} times`, () => {
  let upstream: Upstream
  let gateway: Gateway

  before(async () => {
    upstream = await startUpstream()
    upstream.on('plain', either(7, { usage: usage(0, 7) }))
    gateway = await startGateway({ config: configuration(upstream, { plain: { price: { input: '0', output: '1000' } } }) })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  test('M16: every answer that was whole is charged after the restart', async () => {
    const customer = await gateway.customer('100.00')
    let whole = 0
    for (let i = 0; i < TIMES; i++) {
      const streaming = i % 2 === 1
      const result = await gateway.chat(
        customer.key,
        { model: 'plain', max_tokens: 10, stream: streaming, messages: say() },
        {
          fresh: true,
          onData: (piece) => {
            if (!streaming || piece.includes('[DONE]')) process.kill(gateway.pid, 'SIGKILL')
          },
        },
      )
      assert.equal(result.status, 200)
      if (streaming ? chatStream(result.body).done === 1 : result.complete) whole++
      await gateway.kill('SIGKILL')
      await gateway.start()
      const { posted } = await assertSettled(gateway.api, customer.organization)
      assert.ok(nano(posted) >= BigInt(whole) * 7_000_000n, `${posted} after ${whole} whole answers`)
    }
    assert.ok(whole > TIMES / 2, `${whole} of ${TIMES} answers were whole`)
    const { posted } = await assertSettled(gateway.api, customer.organization)
    assert.equal(nano(posted), BigInt(TIMES) * 7_000_000n)
  })
})

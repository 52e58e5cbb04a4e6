import assert from 'node:assert/strict'
import { assertSettled } from '../support/api.ts'
import { either, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import type { Gateway } from '../support/gateway.ts'
import { chatStream } from '../support/sse.ts'
import type { Upstream } from '../support/upstream.ts'

const TOKENS = 7
const COST = BigInt(TOKENS) * 1_000_000n

export function lastByteConfiguration(upstream: Upstream): Record<string, unknown> {
  upstream.on('plain', either(TOKENS, { usage: usage(0, TOKENS) }))
  return configuration(upstream, { plain: { price: { input: '0', output: '1000' } } })
}

/**
 * A client that kills the gateway the moment it has the last byte, so many times, whole answers and streams in turn:
 * every answer that was whole is charged after the restart, each once. @returns how many were whole
 */
export async function killAtLastByte(gateway: Gateway, times: number): Promise<number> {
  const customer = await gateway.customer('100.00')
  let whole = 0
  for (let i = 0; i < times; i++) {
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
    assert.ok(nano(posted) >= BigInt(whole) * COST, `${posted} after ${whole} whole answers`)
  }
  assert.ok(whole > times / 2, `${whole} of ${times} answers were whole`)
  const { posted } = await assertSettled(gateway.api, customer.organization)
  assert.equal(nano(posted), BigInt(times) * COST)
  return whole
}

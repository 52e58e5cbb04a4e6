import assert from 'node:assert/strict'
import { assertSettled } from '../support/api.ts'
import { say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import type { Gateway } from '../support/gateway.ts'
import { chatStream } from '../support/sse.ts'

/** 0.001 an output token; input is stated to be free, so that the charge is what was delivered. */
export const PRICE = { input: '0', output: '1000' }
export const TOKEN = 1_000_000n
export const ENDLESS = 1_000_000

/** Unending streams in parallel on one wallet: the sum of what they delivered is what was charged, and no more than there was. @returns its figures */
export async function manyStreams(gateway: Gateway, count: number, credit: string): Promise<string> {
  const customer = await gateway.customer(credit)
  const body = { model: 'endless', stream: true, max_tokens: 100_000, messages: say() }
  const results = await Promise.all(Array.from({ length: count }, () => gateway.chat(customer.key, body)))
  const delivered = results.filter(({ status }) => status === 200).reduce((sum, { body: bytes }) => sum + chatStream(bytes).pieces, 0)
  const balance = await assertSettled(gateway.api, customer.organization, 30_000)
  assert.equal(nano(balance.posted), BigInt(delivered) * TOKEN)
  assert.ok(nano(balance.available) >= 0n)
  assert.ok(delivered > 0)
  return `${count} streams delivered ${delivered} tokens, ${balance.posted} was charged, ${balance.available} of ${credit} is left`
}

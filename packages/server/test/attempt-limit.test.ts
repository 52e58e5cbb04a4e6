import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AttemptLimit, MOST_ATTEMPTS } from '../src/http/attempt-limit.ts'

const wrong = (limit: AttemptLimit, address: string, times: number, now = 0) =>
  Array.from({ length: times }, () => limit.begin(address, now)).at(-1)

test('an address that was wrong too often waits until its minute is over; others do not', () => {
  const limit = new AttemptLimit()
  assert.equal(wrong(limit, '192.0.2.1', MOST_ATTEMPTS, 1_000), undefined)
  assert.equal(limit.begin('192.0.2.1', 31_000), 30)
  assert.equal(limit.begin('::ffff:192.0.2.1', 31_000), 30)
  assert.equal(limit.begin('192.0.2.2', 31_000), undefined)
  assert.equal(limit.begin('192.0.2.1', 61_000), undefined)
})

test('what was right does not count', () => {
  const limit = new AttemptLimit()
  for (let i = 0; i < 3 * MOST_ATTEMPTS; i++) {
    assert.equal(limit.begin('192.0.2.1', 0), undefined)
    limit.right('192.0.2.1')
  }
})

test('the addresses of one network of IPv6 are one', () => {
  const limit = new AttemptLimit()
  for (let i = 0; i < MOST_ATTEMPTS; i++) limit.begin(`2001:db8::${i.toString(16)}`, 0)
  assert.equal(limit.begin('2001:0db8:0:0:ffff::1', 0), 60)
  assert.equal(limit.begin('2001:db8:0:1::1', 0), undefined)
})

test('however many addresses are wrong, those that were lately are known, in bounded memory', () => {
  const limit = new AttemptLimit()
  wrong(limit, '192.0.2.1', MOST_ATTEMPTS)
  for (let i = 0; i < 5_000; i++) limit.begin(`10.0.${i >> 8}.${i & 255}`, 0)
  assert.equal(limit.begin('192.0.2.1', 0), 60)
})

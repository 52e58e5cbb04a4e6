import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limitRules, type LimitTerms } from '@faregate/core'
import { MemoryCounters } from '../src/memory-counters.ts'
import type { Demand } from '../src/port.ts'
import { conformance } from './conformance.ts'

class TestClock {
  time = Date.UTC(2026, 10, 22, 13)
  now(): number {
    return this.time
  }
}

const clock = new TestClock()
const counters = new MemoryCounters(clock)

conformance('in memory', () => ({
  counters,
  pass: (millis) => {
    clock.time += millis
  },
}))

function demand(terms: LimitTerms, id = 'key_1', partitioned = false): Demand[] {
  return limitRules('org_1', { level: 'key', id }, [terms]).map((rule) => ({ rule, bucket: rule.bucket, terms, cost: 1, partitioned }))
}

/** How many are let through that come at these times, in milliseconds. */
function letThrough(terms: LimitTerms, times: Iterable<number>): number {
  const moving = new TestClock()
  const from = moving.time
  const fresh = new MemoryCounters(moving)
  const demands = demand(terms)
  let sum = 0
  for (const time of times) {
    moving.time = from + time
    if (fresh.take('r', demands).admitted) sum += 1
  }
  return sum
}

function* offered(everyMs: number, forMs: number, jitter: (index: number) => number = () => 0): Iterable<number> {
  let last = 0
  for (let index = 0; index * everyMs < forMs; index++) {
    last = Math.min(forMs, Math.max(last, index * everyMs + jitter(index)))
    yield last
  }
}

test('100 a second, burst 1, offered 300 a second: 980 to 1,020 in 10 s, however unevenly they come', () => {
  const hundred: LimitTerms = { kind: 'requests', amount: 100, per: 'second', burst: 1 }
  const even = letThrough(hundred, offered(10 / 3, 10_000))
  assert.ok(even >= 1_000 && even <= 1_001, String(even))
  for (const spread of [1, 3, 6, 9]) {
    const uneven = letThrough(
      hundred,
      offered(10 / 3, 10_000, (index) => ((index * 7_919) % 101) * (spread / 100)),
    )
    assert.ok(uneven >= 980 && uneven <= 1_001, `${spread} ms: ${uneven}`)
  }
})

test('with burst B at most 1,000 + B in 10 s, and all of them where enough are offered', () => {
  for (const burst of [1, 2, 10, 100, 500, 2_000]) {
    const sum = letThrough({ kind: 'requests', amount: 100, per: 'second', burst }, offered(1, 10_000))
    assert.ok(sum <= 1_000 + burst && sum >= 1_000 + burst - 1, `burst ${burst}: ${sum}`)
  }
})

test('a rate that does not divide its window is held exactly as well', () => {
  for (const [amount, per, windowMs] of [
    [7, 'second', 1_000],
    [7, 'minute', 60_000],
    [13, 'hour', 3_600_000],
    [11, 'day', 86_400_000],
  ] as const) {
    const sum = letThrough({ kind: 'requests', amount, per, burst: 1 }, offered(windowMs / 1_000, 30 * windowMs))
    assert.ok(sum <= 30 * amount + 1 && sum >= 30 * amount - 1, `${amount} per ${per}: ${sum}`)
  }
})

test('a clock that goes back neither gives nor takes', () => {
  const moving = new TestClock()
  const fresh = new MemoryCounters(moving)
  const demands = demand({ kind: 'requests', amount: 10, per: 'second', burst: 2 })
  assert.deepEqual(
    [fresh.take('a', demands).admitted, fresh.take('b', demands).admitted, fresh.take('c', demands).admitted],
    [true, true, false],
  )
  moving.time -= 3_600_000
  assert.equal(fresh.take('d', demands).admitted, false)
  moving.time += 100
  assert.equal(fresh.take('e', demands).admitted, true)
})

test('memory is bounded, and a flood of users neither forgets the limits of keys nor those of users that come often', () => {
  const moving = new TestClock()
  const fresh = new MemoryCounters(moving, 100)
  const key = demand({ kind: 'requests', amount: 1, per: 'day' })
  const often = demand({ kind: 'requests', amount: 1, per: 'day', by: 'user' }, 'often', true)
  fresh.take('a', key)
  fresh.take('b', often)
  for (let user = 0; user < 10_000; user++) {
    fresh.take(`r${user}`, demand({ kind: 'requests', amount: 1, per: 'day', by: 'user' }, `user${user}`, true))
    assert.equal(fresh.take('c', often).admitted, false)
  }
  assert.equal(fresh.take('d', key).admitted, false)
  assert.ok(fresh.size <= 301, String(fresh.size))
})

test('what has ended leaves nothing behind', () => {
  const fresh = new MemoryCounters(new TestClock())
  const demands = demand({ kind: 'concurrency', amount: 1_000 })
  for (let i = 0; i < 500; i++) fresh.take(`r${i}`, demands)
  for (let i = 0; i < 500; i++) fresh.end(`r${i}`, demands)
  assert.equal(fresh.size, 0)
})

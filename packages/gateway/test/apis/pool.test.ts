import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UpstreamHealth } from '../../src/apis/upstreams/health.ts'
import { UpstreamPool, type Member } from '../../src/apis/upstreams/pool.ts'

const RULES = { failures: 1, asideMs: 1_000, all: true }

function pool(
  weights: Record<string, number>,
  rules = RULES,
): {
  pool: UpstreamPool
  turns: (count: number, now?: number) => string
  of: (name: string) => Member
} {
  const members = Object.entries(weights).map(([baseUrl, weight]): Member => ({
    baseUrl,
    origin: '',
    path: '',
    weight,
    health: new UpstreamHealth(),
    current: 0,
  }))
  const made = new UpstreamPool(members, rules, false)
  const turns = (count: number, now = 0) => Array.from({ length: count }, () => made.next(now)?.baseUrl ?? '-').join('')
  const of = (name: string) => members.find(({ baseUrl }) => baseUrl === name) ?? assert.fail(name)
  return { pool: made, turns, of }
}

test('turns are taken by weight, and smoothly: a heavy one not in a row', () => {
  assert.equal(pool({ a: 5, b: 1, c: 1 }).turns(14), 'aabacaaaabacaa')
  assert.equal(pool({ a: 1, b: 1 }).turns(6), 'ababab')
})

test('what is put aside has no turn; what is due has one call, and more once that served', () => {
  const { turns, of } = pool({ a: 1, b: 1 })
  of('a').health.failed(0, RULES)
  assert.equal(turns(3, 10), 'bbb')
  assert.equal(turns(4, 1_000).split('a').length - 1, 1)
  of('a').health.served()
  assert.equal(turns(4, 1_001).split('a').length - 1, 2)
})

test('with all of them aside there is none, until the first is due', () => {
  const { pool: made, turns, of } = pool({ a: 1, b: 1 })
  of('a').health.failed(0, RULES)
  of('b').health.failed(400, RULES)
  assert.equal(turns(2, 500), '--')
  assert.equal(made.waitMs(500), 500)
  assert.equal(turns(2, 1_000), 'a-')
})

test('after a failure another one is taken, and the same where there is no other', () => {
  const { pool: made, of } = pool({ a: 100, b: 1 })
  assert.equal(made.next(0, [of('a')])?.baseUrl, 'b')
  of('b').health.failed(0, RULES)
  assert.equal(made.next(0, [of('a')])?.baseUrl, 'a')
})

test('where calls may not take all of them away, those that calls put aside are called in turn while no other can be', () => {
  const { pool: made, turns, of } = pool({ a: 1, b: 1, c: 1 }, { ...RULES, all: false })
  of('c').health.checked(false, { healthy: 1, unhealthy: 1 })
  of('a').health.failed(0, RULES)
  assert.equal(turns(3, 10), 'bbb')
  of('b').health.failed(20, RULES)
  assert.deepEqual(turns(4, 30).split('').toSorted(), ['a', 'a', 'b', 'b'], 'not the one that checks put aside')
  assert.equal(made.next(30, [of('a')])?.baseUrl, 'b')
  of('b').health.served()
  assert.equal(turns(3, 40), 'bbb')
})

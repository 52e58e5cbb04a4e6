import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UpstreamHealth } from '../../src/apis/upstreams/health.ts'

const RULES = { failures: 3, asideMs: 1_000 }
const CHECKS = { healthy: 2, unhealthy: 3 }

test('failures in a row put an upstream aside for the stated time, and a success between them does not count', () => {
  const health = new UpstreamHealth()
  assert.deepEqual([health.failed(0, RULES), health.failed(1, RULES)], [false, false])
  health.served()
  assert.deepEqual([health.failed(2, RULES), health.failed(3, RULES), health.standing(3)], [false, false, 'open'])
  assert.equal(health.failed(4, RULES), true)
  assert.deepEqual([health.standing(5), health.waitMs(5)], ['aside', 999])
  assert.deepEqual([health.standing(1_003), health.standing(1_004)], ['aside', 'due'])
})

test('then one call tries it: its success brings it back, its failure puts it aside once more', () => {
  const health = new UpstreamHealth()
  const once = { failures: 1, asideMs: 1_000 }
  health.failed(0, once)
  health.called(1_000)
  assert.equal(health.standing(1_001), 'aside', 'nobody else tries meanwhile')
  assert.equal(health.failed(1_100, { failures: 3, asideMs: 1_000 }), true)
  assert.deepEqual([health.standing(2_099), health.standing(2_100)], ['aside', 'due'])
  health.called(2_100)
  assert.equal(health.served(), true)
  assert.equal(health.standing(2_101), 'open')
  assert.equal(health.served(), false)
})

test('a trial that says nothing, or never ends, keeps nobody out', () => {
  const health = new UpstreamHealth()
  health.failed(0, { failures: 1, asideMs: 10 })
  health.called(10)
  assert.equal(health.standing(11), 'aside')
  health.left()
  assert.equal(health.standing(11), 'due')
  health.called(11)
  assert.equal(health.standing(11 + 30_000), 'due')
})

test('calls that began before it was put aside make that no longer when they fail', () => {
  const health = new UpstreamHealth()
  for (const now of [0, 1, 2]) health.failed(now, RULES)
  assert.equal(health.failed(500, RULES), false)
  assert.equal(health.standing(1_002), 'due')
})

test('checks decide by as many in a row as they are told, whatever calls say', () => {
  const health = new UpstreamHealth()
  const said = (...checks: boolean[]) => checks.map((good) => health.checked(good, CHECKS))
  assert.deepEqual(said(false, false, true, false, false), [undefined, undefined, undefined, undefined, undefined])
  assert.deepEqual(said(false), ['down'])
  assert.deepEqual([health.standing(0), health.waitMs(0)], ['aside', undefined])
  health.served()
  assert.equal(health.standing(0), 'aside', 'a call that began before does not bring it back')
  assert.deepEqual(said(true, false, true, true, true), [undefined, undefined, undefined, 'back', undefined])
  assert.equal(health.standing(0), 'open')
  said(false, false, false)
  health.unchecked()
  assert.equal(health.standing(0), 'open')
})

test('good checks from before do not bring back what calls put aside, and do not make its failures forgotten', () => {
  const health = new UpstreamHealth()
  const check = () => health.checked(true, CHECKS)
  for (let i = 0; i < 5; i++) check()
  health.failed(0, RULES)
  check()
  health.failed(1, RULES)
  check()
  assert.equal(health.failed(2, RULES), true, 'the third in a row')
  assert.deepEqual([check(), health.standing(3)], [undefined, 'aside'])
  assert.deepEqual([check(), health.standing(4)], ['back', 'open'])
})

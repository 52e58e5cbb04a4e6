import assert from 'node:assert/strict'
import { test } from 'node:test'
import { namedRelease, placeOf, releaseOfKey } from '../../src/apis/canary.ts'

interface Release {
  entry: { name: string; release: number }
  canary?: { entry: Release; percent?: number; header?: { name: string; value: string } }
}

const TRIED: Release = { entry: { name: 'weather', release: 2 } }

function withCanary(terms: { percent?: number; header?: { name: string; value: string } }): Release {
  return { entry: { name: 'weather', release: 1 }, canary: { entry: TRIED, ...terms } }
}

/** Ids as they are made: one after the other. */
const KEYS = Array.from({ length: 20_000 }, (_, index) => `key_01jd9x4z7q${index.toString(36).padStart(6, '0')}`)

function triedBy(percent: number): Set<string> {
  const inForce = withCanary({ percent })
  return new Set(KEYS.filter((capKey) => releaseOfKey(inForce, inForce, { capKey }) === TRIED))
}

test('so many keys of a hundred get the canary, although they were made one after the other', () => {
  for (const percent of [1, 5, 25, 50, 99]) {
    const share = (triedBy(percent).size / KEYS.length) * 100
    assert.ok(Math.abs(share - percent) < 1, `${percent} %: ${share}`)
  }
  assert.equal(triedBy(100).size, KEYS.length)
})

test('whoever has the canary keeps it when its share grows', () => {
  let before = triedBy(1)
  for (const percent of [2, 10, 60, 100]) {
    const now = triedBy(percent)
    assert.ok([...before].every((key) => now.has(key)))
    before = now
  }
})

test('the canaries of two APIs, or two of one, are not tried on the same keys', () => {
  const first = KEYS.filter((key) => placeOf(`weather 2 ${key}`) < 0.1)
  for (const other of ['weather 3', 'tides 2']) {
    const both = first.filter((key) => placeOf(`${other} ${key}`) < 0.1).length / first.length
    assert.ok(both > 0.05 && both < 0.15, `${other}: ${both}`)
  }
})

test('a key keeps its release when it is rotated', () => {
  const inForce = withCanary({ percent: 50 })
  const [first = ''] = triedBy(50)
  assert.equal(releaseOfKey(inForce, inForce, { capKey: first }), TRIED)
})

test('a call that carries the header gets the canary, and no other value of it does', () => {
  const inForce = withCanary({ header: { name: 'x-version', value: 'next' } })
  const named = (headers: Record<string, string>) => namedRelease(inForce, { headers })
  assert.equal(named({ 'x-version': 'next' }), TRIED)
  for (const headers of [{}, { 'x-version': 'Next' }, { 'x-version': 'next, next' }])
    assert.equal(named(headers as Record<string, string>), inForce)
  assert.equal(releaseOfKey(inForce, inForce, { capKey: 'key_1' }), inForce)
  assert.equal(releaseOfKey(inForce, TRIED, { capKey: 'key_1' }), TRIED)
})

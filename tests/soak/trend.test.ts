import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settledPart, trendOf } from './trend.ts'
import type { Point } from './trend.ts'

/** A point every 30 seconds for half an hour. */
function points(valueAt: (seconds: number) => number): Point[] {
  return Array.from({ length: 61 }, (_, i) => ({ at: i * 30, value: valueAt(i * 30) }))
}

/** Up and down by as much, with no trend of its own. */
function noise(seconds: number): number {
  return (seconds / 30) % 2 === 0 ? 3 : -3
}

test('a line is found with its slope, its rise and no scatter', () => {
  const { perHour, rise, scatter } = trendOf(points((seconds) => 100 + seconds / 360))
  assert.ok(Math.abs(perHour - 10) < 1e-9 && Math.abs(rise - 5) < 1e-9 && scatter < 1e-9)
})

test('a leak shows through noise that is larger than it, and noise alone is no leak', () => {
  assert.ok(trendOf(points((seconds) => 100 + seconds / 360 + noise(seconds))).rise > 4.5)
  const { rise, scatter } = trendOf(points((seconds) => 100 + noise(seconds)))
  assert.ok(Math.abs(rise) < 0.5, `${rise}`)
  assert.ok(scatter > 2.9)
})

test('what fills up in the first third counts for nothing in the rest', () => {
  const filling = points((seconds) => Math.min(200, 100 + seconds / 5))
  assert.ok(trendOf(filling).rise > 20)
  assert.equal(trendOf(settledPart(filling)).rise, 0)
})

test('without points there is no trend', () => {
  assert.deepEqual(trendOf([]), { perHour: 0, rise: 0, scatter: 0 })
  assert.deepEqual(settledPart([]), [])
})

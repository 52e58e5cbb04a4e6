import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { monotonicClock } from '../src/clock.ts'

/** A wall clock that can be set, beside a stopwatch that cannot. */
function clocks(): { wall: { at: number; now(): number }; pass(milliseconds: number): void; elapsed(): number } {
  let measured = 0
  const wall = { at: 1_000_000, now: () => wall.at }
  return {
    wall,
    elapsed: () => measured,
    pass: (milliseconds) => {
      measured += milliseconds
      wall.at += milliseconds
    },
  }
}

describe('the clock of a process', () => {
  it('M10: follows the wall clock forwards at once', () => {
    const { wall, pass, elapsed } = clocks()
    const clock = monotonicClock(wall, elapsed)
    pass(40)
    assert.equal(clock.now(), 1_000_040)
    wall.at += 3_600_000
    assert.equal(clock.now(), 4_600_040)
  })

  it('M10: never goes back when the wall clock is set back, and ends beside it', () => {
    const { wall, pass, elapsed } = clocks()
    const clock = monotonicClock(wall, elapsed)
    const before = clock.now()
    wall.at -= 1_000
    assert.equal(clock.now(), before)
    pass(500)
    assert.equal(clock.now(), before + 250)
    pass(2_000)
    assert.equal(clock.now(), wall.at)
  })
})

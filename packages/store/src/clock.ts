import type { Clock } from '@faregate/core'

/**
 * A clock that never goes back (M10). It follows the wall clock forwards at once; when that is set back, it runs at
 * half speed until the wall clock has caught up. `elapsed` are milliseconds of a monotonic clock.
 */
export function monotonicClock(wall: Clock, elapsed: () => number): Clock {
  let last = wall.now()
  let measured = elapsed()
  return {
    now() {
      const passed = elapsed() - measured
      measured += passed
      const now = wall.now()
      last = now >= last ? now : Math.max(now, last + passed / 2)
      return Math.floor(last)
    },
  }
}

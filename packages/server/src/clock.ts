import { randomFillSync } from 'node:crypto'
import type { Clock, Random } from '@faregate/core'
import { monotonicClock } from '@faregate/store/clock'

/**
 * The system's clock, except that it never goes back, and never stands still: where the system's is set back, rates and periods
 * go on, slower, until it has caught up.
 */
export function systemClock(): Clock {
  return monotonicClock({ now: () => Date.now() }, () => performance.now())
}

const POOL_BYTES = 8192

/** The system's randomness, fetched in large pieces: a system call for each id would show on the hot path. */
export function systemRandom(): Random {
  const pool = new Uint8Array(POOL_BYTES)
  let used = POOL_BYTES
  const bytes = (count: number): Uint8Array => {
    if (count > POOL_BYTES) return randomFillSync(new Uint8Array(count))
    if (used + count > POOL_BYTES) {
      randomFillSync(pool)
      used = 0
    }
    used += count
    // A copy: what was handed out must not change when the pool is filled again.
    return pool.slice(used - count, used)
  }
  return { bytes, fraction: () => new DataView(bytes(4).buffer).getUint32(0) / 2 ** 32 }
}

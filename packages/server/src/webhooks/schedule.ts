import type { Random } from '@faregate/core'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** The pauses after each failed attempt: close together at first, three days in all. */
const PAUSES = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 20 * HOUR]

/** Up to a tenth more, so that what failed together does not come back together. */
const SPREAD = 0.1

/** How long to wait after so many failed attempts, in milliseconds; `undefined`: it is given up. */
export function pauseAfter(attempts: number, random: Pick<Random, 'fraction'>): number | undefined {
  const pause = PAUSES[attempts - 1]
  return pause === undefined ? undefined : Math.round(pause * (1 + SPREAD * random.fraction()))
}

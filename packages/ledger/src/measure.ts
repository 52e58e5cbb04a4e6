import { divideUp } from '@faregate/core'
import type { Nano } from '@faregate/core'
import type { Measure } from './types.ts'

const SCALE = 1_000_000n

/** What a number of steps costs: one rounding, up (M1). */
export function amountAt(measure: Measure, steps: number): Nano {
  return divideUp(measure.fixed + measure.perStep * BigInt(steps), SCALE)
}

/** The most steps that `room` pays for, at most `max`; zero too where not even none is affordable. */
export function stepsWithin(measure: Measure, room: Nano, max: number): number {
  const left = room * SCALE - measure.fixed
  if (left < 0n) return 0
  if (measure.perStep === 0n) return max
  const steps = left / measure.perStep
  return steps < BigInt(max) ? Number(steps) : max
}

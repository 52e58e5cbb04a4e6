import { divideUp, NANO_PER_UNIT, type MeteredPrice, type Nano } from '@faregate/core'
import type { Measure } from './bound.ts'
import { RATE_SCALE } from './charge.ts'
import { nanoOf } from './nano-of.ts'
import { scaledAmount } from './table-under.ts'

/** What a call is charged for, beside being one: bytes, and what its answer counted. */
export interface MeteredUse {
  sent: number
  received: number
  units: number
}

/** Every price multiplied by a factor, and rounded up, as those of models are. */
export function meteredUnder({ sent, received, units }: MeteredPrice, factor: string): MeteredPrice {
  return {
    sent: scaledAmount(sent, factor),
    received: scaledAmount(received, factor),
    ...(units === undefined ? {} : { units: { ...units, price: scaledAmount(units.price, factor) } }),
  }
}

/**
 * What a call costs: its price, its bytes by the million, its units; summed, and rounded up once to the nano-unit (M1). Units are taken
 * by their shortest decimal text. Throws a RangeError for what is no count.
 */
export function meteredCost(price: Nano, metered: MeteredPrice, { sent, received, units }: MeteredUse): Nano {
  const bytes = wholeCount(sent) * metered.sent + wholeCount(received) * metered.received
  return divideUp(price * RATE_SCALE + bytes + unitsScaled(metered, units), RATE_SCALE)
}

/** What is held for a call: so many bytes of its body, as many units as there can be, and a step for each byte of its answer. */
export function meteredMeasure(price: Nano, metered: MeteredPrice, sent: number): Measure {
  const most = metered.units?.most ?? 0
  return { fixed: price * RATE_SCALE + wholeCount(sent) * metered.sent + unitsScaled(metered, most), perStep: metered.received }
}

/** Nano-units × 1e6, rounded up: rounded up again they are what they would be if they were rounded once. */
function unitsScaled({ units }: MeteredPrice, count: number): bigint {
  if (units === undefined) return 0n
  const nano = nanoOf(count)
  if (nano === undefined) throw new RangeError(`${count} is not a count`)
  return divideUp(units.price * nano * RATE_SCALE, NANO_PER_UNIT)
}

function wholeCount(count: number): bigint {
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`${count} is not a count of bytes`)
  return BigInt(count)
}

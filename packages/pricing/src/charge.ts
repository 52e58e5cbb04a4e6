import { BUCKETS, divideUp, type Bucket, type Buckets, type Nano } from '@faregate/core'
import { rateAt, rateOf } from './fallback.ts'
import { pricedOtherwise } from './priced-otherwise.ts'
import type { PriceTable } from './types.ts'

/** What rates count in: a million units. */
export const RATE_SCALE = 1_000_000n

const INPUT_BUCKETS = ['input', 'cacheRead', 'cacheWrite', 'cacheWrite1h', 'audioIn', 'imageIn'] as const satisfies readonly Bucket[]

export type Charge = { ok: true; amount: Nano } | { ok: false; missing: Bucket }

/**
 * What one request costs: bucket × rate, summed, rounded up once to the nano-unit (M1). The tier is chosen by all
 * input together. A call is always one request, whatever the bucket says. `missing` names a bucket that was used and
 * has no price, its own or a parent's (M15); where a call can be billed in other units (`pricedBy`), and is, it is not
 * billed at all. Throws a RangeError for counts that are negative or not whole: the reader of usage refuses those (M22).
 */
export function charge(buckets: Buckets, table: PriceTable, pricedBy?: readonly Bucket[]): Charge {
  const length = inputLength(buckets)
  let sum = 0n
  for (const bucket of BUCKETS) {
    const count = bucket === 'request' ? 1 : wholeCount(bucket, buckets[bucket])
    if (count === 0) continue
    const rate = rateOf(table, bucket)
    if (rate === undefined && pricedOtherwise(table, pricedBy)) continue
    if (rate === undefined) return { ok: false, missing: bucket }
    sum += BigInt(count) * rateAt(rate, length)
  }
  return { ok: true, amount: divideUp(sum, RATE_SCALE) }
}

function inputLength(buckets: Buckets): number {
  let length = 0
  for (const bucket of INPUT_BUCKETS) length += wholeCount(bucket, buckets[bucket])
  return length
}

function wholeCount(bucket: Bucket, count = 0): number {
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`${bucket}: ${count} is not a count`)
  return count
}

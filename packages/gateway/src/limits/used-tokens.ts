import { BUCKETS, UNIT_BUCKETS } from '@faregate/core'
import type { Flow } from '../flow.ts'

const TOKEN_BUCKETS = BUCKETS.filter((bucket) => !UNIT_BUCKETS.some((unit) => unit === bucket))

/** Tokens that the caller got, read and written: of the attempt that served, wholly or in part. */
export function usedTokens({ attempts }: Pick<Flow, 'attempts'>): number {
  let sum = 0
  for (const { outcome, buckets } of attempts) {
    if (outcome !== 'served' && outcome !== 'partial') continue
    for (const bucket of TOKEN_BUCKETS) sum += buckets[bucket] ?? 0
  }
  return sum
}

import { BUCKETS, UNIT_BUCKETS, type Bucket, type Buckets } from '@faregate/core'
import type { AccountRef, Counts } from '@faregate/ledger'

const TOKEN_BUCKETS = BUCKETS.filter((bucket) => !(UNIT_BUCKETS as readonly Bucket[]).includes(bucket))

/** What quotas count of a request that used this; nothing where none of its legs is a quota's. */
export function countsOf(legs: readonly AccountRef[], buckets: Buckets): { counts?: Counts } {
  if (!legs.some((leg) => leg.kind === 'cap' && leg.measure !== undefined)) return {}
  let tokens = 0
  for (const bucket of TOKEN_BUCKETS) tokens += buckets[bucket] ?? 0
  return { counts: { 'quota:requests': 1n, 'quota:tokens': BigInt(tokens) } }
}

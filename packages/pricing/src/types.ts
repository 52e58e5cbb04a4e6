import type { Bucket } from '@faregate/core'

/** Nano-units per million units of a bucket. */
export type Rate = bigint

/** A rate that changes with the length of the context: the whole request is priced by the tier it falls in. */
export interface TieredRate {
  base: Rate
  /** In ascending order of `from` (input tokens, all input buckets together). */
  tiers: { from: number; rate: Rate }[]
}

/** Prices of one model. A bucket that is absent has no price of its own (M15 says which parent it falls back to). */
export interface PriceTable {
  /** Names where it comes from and when it changed; fixed at admission and stored with the hold. */
  version: string
  rates: Partial<Record<Bucket, TieredRate>>
}

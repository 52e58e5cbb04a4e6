import type { Bucket } from '@faregate/core'

/** Nano-units per million units of a bucket (for `request`: per million requests), so that one division serves all. */
export type Rate = bigint

/** A rate that changes with the length of the context: the whole request is priced by the tier it falls in. */
export interface TieredRate {
  base: Rate
  /** In ascending order of `from` (input tokens, all input buckets together; from this length on). */
  tiers: { from: number; rate: Rate }[]
}

/** Prices by bucket. */
export type Rates = Partial<Record<Bucket, TieredRate>>

/** Prices of one model. A bucket that is absent has no price of its own (M15 says which parent it falls back to). */
export interface PriceTable {
  /** Names where it comes from and when it changed; fixed at admission and stored with the hold. */
  version: string
  rates: Rates
  /** The vendor writes its prompt cache, and bills for it, without being asked: every request can cause it. */
  automaticCacheWrite?: boolean
}

/** Whose terms a price is by: the organization's, its plan's, or those of use beyond the plan's quota. */
export type PricedBy = 'org' | 'plan' | 'overage'

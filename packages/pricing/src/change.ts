import { BUCKETS, divideUp, type Bucket, type Millis } from '@faregate/core'
import { rateAt, rateOf } from './fallback.ts'
import { nanoOf } from './nano-of.ts'
import { priceAt, turningPoints, type PriceSchedule } from './schedule.ts'
import type { PriceTable, Rate } from './types.ts'

/** What shares count in: 100,000,000 is a tenth. */
export const SHARE_SCALE = 1_000_000_000n

/** How far one number is from another, as a share of the first, rounded up; null where there is no such share: from nothing, or to no price. */
export type Share = bigint | null

/** The price of one bucket, and what becomes of it. */
export interface RateChange {
  bucket: Bucket
  /** For requests of this many input tokens or more; 0: for all that no other line names. */
  fromTokens: number
  /** Nano-units per million; null: no price of its own or a parent's. */
  before: Rate | null
  after: Rate | null
  share: Share
}

/** What becomes of a model's prices, where that is most. */
export interface ScheduleChange {
  /** The first moment at which the difference is as large as it gets. */
  at: Millis
  share: Share
  rates: RateChange[]
}

const NOTHING: PriceTable = { version: 'none', rates: {} }

/**
 * How the prices of one schedule differ from those of another, now or at any time that either announces: the largest change
 * of any bucket and tier, by what is charged in the end (a bucket without a price of its own has its parent's, M15).
 * `undefined` where nothing is ever charged otherwise.
 */
export function largestChange(before: PriceSchedule, after: PriceSchedule, now: Millis): ScheduleChange | undefined {
  let largest: ScheduleChange | undefined
  for (const at of turningPoints([before, after], now)) {
    const rates = changedRates(priceAt(before, at) ?? NOTHING, priceAt(after, at) ?? NOTHING)
    const [first] = rates.toSorted((a, b) => compareShares(b.share, a.share))
    if (first !== undefined && (largest === undefined || compareShares(first.share, largest.share) > 0)) {
      largest = { at, share: first.share, rates }
    }
  }
  return largest
}

/** A share that was written as a number: 0.1 is a tenth. What is no such number is no share at all, which everything exceeds. */
export function shareOf(value: number): bigint {
  return nanoOf(value) ?? -1n
}

/** Whether a change is of more than a share, which is stated as {@link SHARE_SCALE} says. */
export function exceeds(share: Share, limit: bigint): boolean {
  return share === null || share > limit
}

function changedRates(before: PriceTable, after: PriceTable): RateChange[] {
  const changes: RateChange[] = []
  for (const bucket of BUCKETS) {
    // Without a price of its own on either side, a bucket changes as its parent does, which is named itself.
    if (before.rates[bucket] === undefined && after.rates[bucket] === undefined) continue
    for (const fromTokens of tierStarts(bucket, before, after)) {
      const [was, becomes] = [rateFor(before, bucket, fromTokens), rateFor(after, bucket, fromTokens)]
      if (was !== becomes) changes.push({ bucket, fromTokens, before: was, after: becomes, share: shareBetween(was, becomes) })
    }
  }
  return changes
}

function tierStarts(bucket: Bucket, ...tables: PriceTable[]): number[] {
  const starts = tables.flatMap((table) => rateOf(table, bucket)?.tiers.map(({ from }) => from) ?? [])
  return [...new Set([0, ...starts])].toSorted((a, b) => a - b)
}

function rateFor(table: PriceTable, bucket: Bucket, inputTokens: number): Rate | null {
  const rate = rateOf(table, bucket)
  return rate === undefined ? null : rateAt(rate, inputTokens)
}

function shareBetween(before: Rate | null, after: Rate | null): Share {
  if (before === null || after === null || before === 0n) return null
  const difference = after > before ? after - before : before - after
  return divideUp(difference * SHARE_SCALE, before)
}

/** No share at all is more than any. */
function compareShares(a: Share, b: Share): number {
  if (a === b) return 0
  if (a === null) return 1
  return b === null || b > a ? -1 : 1
}

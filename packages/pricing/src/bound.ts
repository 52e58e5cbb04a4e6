import { divideUp, UNIT_BUCKETS, type Bucket, type Nano, type UnitBucket } from '@faregate/core'
import { RATE_SCALE } from './charge.ts'
import { dearestRate, rateOf } from './fallback.ts'
import { pricedOtherwise } from './priced-otherwise.ts'
import type { PriceTable, Rate } from './types.ts'

/** The most that a request can consume, output apart: that is held by the step. */
export interface Bound {
  /** All input buckets together, at most. */
  inputTokens: number
  /** Choices: each step is one output token in each of them. 0 where the call has no output (embeddings). */
  n: number
  /** What is known beforehand and is no token: images to be made, characters to be spoken. */
  units?: Partial<Record<UnitBucket, number>>
  /** Prices of which the table must have one, for calls that are billed in one unit or another. */
  pricedBy?: readonly Bucket[]
  /** What the body can cause beyond input, cache reads and output. */
  canCause: { cacheWrite: boolean; audioIn: boolean; audioOut: boolean; imageIn: boolean; hiddenOutput: boolean }
}

/** Linear in steps: `amount = ceil((fixed + perStep × steps) / 1,000,000)`. Nano-units × 1e6. */
export interface Measure {
  fixed: bigint
  perStep: bigint
}

export type HoldMeasure = { ok: true; measure: Measure } | { ok: false; missing: Bucket }

type Dearest = { ok: true; rate: Rate } | { ok: false; missing: Bucket }

/**
 * What to hold for a request that any of these tables may price (M11): its input at the dearest input rate that it
 * can cause, its output at the dearest output rate, fees for the request and for what else is counted beforehand; each the
 * dearest over the tables and over the tiers that the input can reach. `missing` names a bucket that the request can cause and that some table does
 * not price (M15); without a table that is `input`.
 */
export function holdMeasure(bound: Bound, tables: readonly PriceTable[]): HoldMeasure {
  const measure: Measure = { fixed: 0n, perStep: 0n }
  if (tables.length === 0) return { ok: false, missing: 'input' }
  for (const table of tables) {
    const unpriced = missingOf(bound, table)
    if (unpriced !== undefined) return { ok: false, missing: unpriced }
    const input = dearestOf(table, inputCaused(bound, table), bound.inputTokens)
    if (!input.ok) return input
    const output = dearestOf(table, outputCaused(bound, table), bound.inputTokens)
    if (!output.ok) return output
    measure.fixed = larger(measure.fixed, BigInt(bound.inputTokens) * input.rate + feesOf(bound, table))
    measure.perStep = larger(measure.perStep, BigInt(bound.n) * output.rate)
  }
  return { ok: true, measure }
}

/** What a hold of this many steps takes, in nano-units. */
export function amountOf(measure: Measure, steps: number): Nano {
  return divideUp(measure.fixed + measure.perStep * BigInt(steps), RATE_SCALE)
}

/** The most steps whose hold fits into `available`; 0 also where not even the input does. */
export function affordableSteps(measure: Measure, available: Nano): number {
  const room = available * RATE_SCALE - measure.fixed
  if (room < 0n) return 0
  if (measure.perStep === 0n) return Number.MAX_SAFE_INTEGER
  const steps = room / measure.perStep
  return steps > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(steps)
}

function inputCaused(bound: Bound, table: PriceTable): Bucket[] {
  const { canCause, inputTokens } = bound
  if (inputTokens === 0) return []
  const caused: Bucket[] = ['input', 'cacheRead']
  if (canCause.cacheWrite || table.automaticCacheWrite === true) caused.push('cacheWrite')
  if (canCause.cacheWrite) caused.push('cacheWrite1h')
  if (canCause.audioIn) caused.push('audioIn')
  if (canCause.imageIn) caused.push('imageIn')
  return billed(bound, table, caused)
}

function outputCaused(bound: Bound, table: PriceTable): Bucket[] {
  const { canCause, n } = bound
  if (n === 0) return []
  const caused: Bucket[] = ['output']
  if (canCause.hiddenOutput) caused.push('reasoning')
  if (canCause.audioOut) caused.push('audioOut')
  // A model that makes images may make one whatever it is asked: such models alone have the price.
  if (table.rates.imageOut !== undefined) caused.push('imageOut')
  return billed(bound, table, caused)
}

/** Where a call is billed in other units, tokens without a price are not billed. */
function billed({ pricedBy }: Bound, table: PriceTable, caused: Bucket[]): Bucket[] {
  return pricedOtherwise(table, pricedBy) ? caused.filter((bucket) => rateOf(table, bucket) !== undefined) : caused
}

/** A call is always one request. */
function feesOf({ units, inputTokens }: Bound, table: PriceTable): Rate {
  let sum = 0n
  for (const bucket of UNIT_BUCKETS) {
    const rate = rateOf(table, bucket)
    const count = bucket === 'request' ? 1 : (units?.[bucket] ?? 0)
    if (rate !== undefined) sum += BigInt(count) * dearestRate(rate, inputTokens)
  }
  return sum
}

/** The first of the prices of which there is none, though there must be one. */
function missingOf({ pricedBy }: Bound, table: PriceTable): Bucket | undefined {
  return pricedOtherwise(table, pricedBy) ? undefined : pricedBy?.[0]
}

function dearestOf(table: PriceTable, buckets: Bucket[], inputTokens: number): Dearest {
  let dearest = 0n
  for (const bucket of buckets) {
    const rate = rateOf(table, bucket)
    if (rate === undefined) return { ok: false, missing: bucket }
    dearest = larger(dearest, dearestRate(rate, inputTokens))
  }
  return { ok: true, rate: dearest }
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}

import { BUCKETS, UNIT_BUCKETS, type Bucket } from '@faregate/core'

/** What one line of an export counts. */
export type Measure = Bucket | 'requests'

/** One line of an export, as its format understands it. */
export interface TheirRow {
  /** In the export's own days. */
  day: string
  /** Null: over all models. */
  model: string | null
  /** Ours, where the file names it. */
  provider?: string
  counts: Partial<Record<Measure, number>>
  /** In units of 1e-18. */
  cost?: bigint
}

/** A usage export that was read. */
export interface UsageExport {
  /** What it is, for people. */
  title: string
  /** Kinds of providers that it can be about; absent: any. */
  kinds?: readonly string[]
  rows: TheirRow[]
  /** Which of our buckets each of its counts stands for: vendors lump together what we keep apart. */
  covers: Partial<Record<Bucket, readonly Bucket[]>>
  /** The zone in which its days begin; absent: UTC. */
  zone?: string
  /** Absent: the file does not say. */
  currency?: string
  /** What each of its costs is rounded to, in units of 1e-18; absent: they are exact. */
  costUnit?: bigint
  /** How a model of ours is called there; absent: by the same name. */
  modelKey?: (name: string) => string
  /** What the reader should know of it. */
  notes: string[]
}

/** Tokens of input as one count, for exports that do not tell more apart; what has a count of its own is taken from it. */
export const ALL_INPUT: readonly Bucket[] = ['input', 'cacheRead', 'cacheWrite', 'cacheWrite1h', 'audioIn', 'imageIn']

/** All tokens that are no input. */
export const ALL_OUTPUT: readonly Bucket[] = BUCKETS.filter(
  (bucket) => !ALL_INPUT.includes(bucket) && !(UNIT_BUCKETS as readonly Bucket[]).includes(bucket),
)

/** All input but these buckets. */
export function inputWithout(...apart: Bucket[]): Bucket[] {
  return ALL_INPUT.filter((bucket) => !apart.includes(bucket))
}

/** Counts without those that the export does not have. */
export function present(counts: Partial<Record<Measure, number | undefined>>): TheirRow['counts'] {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== undefined))
}

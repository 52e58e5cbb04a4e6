import { UNIT_BUCKETS, type Bucket, type Buckets } from '@faregate/core'

/** What an upstream said it used, or why that cannot be believed (M22). */
export type UsageReading =
  | { ok: true; buckets: Buckets }
  | { ok: false; reason: 'missing' | 'negative' | 'fractional' | 'contradictory'; raw?: unknown }

export const MISSING_USAGE: UsageReading = { ok: false, reason: 'missing' }

export const INPUT_BUCKETS: Bucket[] = ['input', 'cacheRead', 'cacheWrite', 'cacheWrite1h', 'audioIn', 'imageIn']
export const OUTPUT_BUCKETS: Bucket[] = ['output', 'reasoning', 'audioOut', 'imageOut']

const UNITS: ReadonlySet<string> = new Set(UNIT_BUCKETS)

/** Whether usage is more than four times what the request could cause, on either side: then it counts as missing (M22). */
export function absurd(buckets: Buckets, bound: { input: number; output: number }): boolean {
  return sumOf(buckets, INPUT_BUCKETS) > 4 * bound.input || sumOf(buckets, OUTPUT_BUCKETS) > 4 * bound.output
}

/** Usage that tells of no output where there was some cannot be true (M22). */
export function believed(usage: UsageReading, hasOutput: boolean): UsageReading {
  if (!usage.ok || !hasOutput || sumOf(usage.buckets, OUTPUT_BUCKETS) > 0 || !tellsTokens(usage.buckets)) return usage
  return { ok: false, reason: 'contradictory', raw: usage.buckets }
}

/** Usage in seconds, images or searches alone says nothing of tokens. */
function tellsTokens(buckets: Buckets): boolean {
  const others = Object.keys(buckets).some((bucket) => UNITS.has(bucket))
  return !others || [...INPUT_BUCKETS, ...OUTPUT_BUCKETS].some((bucket) => buckets[bucket] !== undefined)
}

/** The sum of some buckets; what was not reported adds nothing. */
export function sumOf(buckets: Buckets, names: readonly Bucket[]): number {
  return names.reduce((total, name) => total + (buckets[name] ?? 0), 0)
}

/**
 * What can be counted about one model call. The buckets are disjoint: a token is in exactly one of them,
 * so a cost is a plain sum of bucket × price.
 */
export const BUCKETS = [
  'input',
  'cacheRead',
  'cacheWrite',
  'cacheWrite1h',
  'output',
  'reasoning',
  'audioIn',
  'audioOut',
  'imageIn',
  'request',
] as const

export type Bucket = (typeof BUCKETS)[number]

/** Counts by bucket. A bucket that is absent was not reported: unknown is not zero. */
export type Buckets = Partial<Record<Bucket, number>>

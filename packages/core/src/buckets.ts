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
  'imageOut',
  'request',
  'image',
  'second',
  'character',
  'search',
] as const

export type Bucket = (typeof BUCKETS)[number]

/** What is not counted in tokens: requests, images made, seconds of audio, characters spoken, searches. */
export const UNIT_BUCKETS = ['request', 'image', 'second', 'character', 'search'] as const satisfies readonly Bucket[]

export type UnitBucket = (typeof UNIT_BUCKETS)[number]

/** Counts by bucket. A bucket that is absent was not reported: unknown is not zero. */
export type Buckets = Partial<Record<Bucket, number>>

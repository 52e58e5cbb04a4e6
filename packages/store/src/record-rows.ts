import { BUCKETS, type Bucket, type Buckets } from '@faregate/core'
import type { AttemptRecord, DenialRecord, RequestRecord } from '@faregate/gateway/record'
import type { Row } from './ledger-rows.ts'
import { REBUILT } from './lost-record.ts'

const BUCKET_COLUMNS: Record<Bucket, string> = {
  input: 'input',
  cacheRead: 'cache_read',
  cacheWrite: 'cache_write',
  cacheWrite1h: 'cache_write_1h',
  output: 'output',
  reasoning: 'reasoning',
  audioIn: 'audio_in',
  audioOut: 'audio_out',
  imageIn: 'image_in',
  imageOut: 'image_out',
  request: 'request_units',
  image: 'images',
  second: 'seconds',
  character: 'characters',
  search: 'searches',
}

export const REQUEST_COLUMNS = [
  'id',
  'at',
  'organization_id',
  'application_id',
  'key_id',
  'end_user',
  'tags',
  'path',
  'model',
  'api',
  'route',
  'api_release',
  'stream',
  'outcome',
  'denial',
  'denial_id',
  'status',
  'cost',
  'provider_cost',
  'price_version',
  'estimated',
  'flags',
  'delivery',
  'clamped',
  'latency_ms',
  'ttft_ms',
  ...BUCKETS.map((bucket) => BUCKET_COLUMNS[bucket]),
  'attempts',
  'violations',
  'measured',
] as const

export const DENIAL_COLUMNS = [
  'id',
  'at',
  'request_id',
  'organization_id',
  'key_id',
  'code',
  'problem',
  'trace',
  'operator_detail',
  'configuration_version',
] as const

/**
 * What becomes of a request's row that is there already: it stays, unless recovery made it of what a process had settled,
 * and that process was not dead after all and tells how the request ended.
 */
export const REQUEST_CONFLICT = `ON CONFLICT (id) DO UPDATE SET ${REQUEST_COLUMNS.slice(1)
  .map((column) => `${column} = excluded.${column}`)
  .join(', ')} WHERE requests.flags LIKE '%"${REBUILT}"%' AND excluded.flags NOT LIKE '%"${REBUILT}"%'`

/** A request record as a row, in the order of {@link REQUEST_COLUMNS}. */
export function requestToRow(record: RequestRecord): Row {
  const sums = sumOf(record.attempts)
  const row: Row = [
    record.id,
    record.at,
    record.organization,
    record.application,
    record.key,
    clean(record.user),
    clean(record.tags),
    clean(record.path),
    clean(record.model),
    record.api,
    record.route,
    record.release,
    flag(record.stream),
    record.outcome,
    record.denial,
    record.denialId,
    record.status,
    record.cost,
    record.providerCost,
    record.priceVersion,
    flag(record.estimated),
    record.flags.length === 0 ? '[]' : JSON.stringify(record.flags),
    record.delivery,
    whole(record.clamped),
    Math.round(record.latencyMs),
    whole(record.ttftMs),
  ]
  for (const bucket of BUCKETS) row.push(sums[bucket] ?? null)
  row.push(JSON.stringify(record.attempts.map((attempt) => ({ ...attempt, model: clean(attempt.model) }))))
  row.push(record.violations === undefined ? null : JSON.stringify(record.violations))
  row.push(record.measured === undefined ? null : JSON.stringify(record.measured))
  return row
}

/** A denial as a row, in the order of {@link DENIAL_COLUMNS}. */
export function denialToRow(record: DenialRecord): Row {
  return [
    record.id,
    record.at,
    record.requestId,
    record.organization,
    record.key,
    record.code,
    clean(record.problem),
    JSON.stringify(record.trace),
    clean(record.operatorDetail),
    record.configurationVersion,
  ]
}

/** A bucket that no attempt reported stays absent: unknown is not zero. */
function sumOf(attempts: readonly AttemptRecord[]): Buckets {
  const sums: Buckets = {}
  for (const { buckets } of attempts) {
    for (const bucket of Object.keys(buckets) as Bucket[]) {
      const count = buckets[bucket]
      if (count !== undefined && Number.isFinite(count)) sums[bucket] = (sums[bucket] ?? 0) + Math.trunc(count)
    }
  }
  return sums
}

/** Text from callers as both engines take it: PostgreSQL knows neither U+0000 nor lone surrogates. */
function clean<T extends string | null>(text: T): T | string {
  if (text === null || (!text.includes('\u0000') && text.isWellFormed())) return text
  return text.replaceAll('\u0000', '').toWellFormed()
}

function flag(value: boolean): number {
  return value ? 1 : 0
}

function whole(value: number | null): number | null {
  return value === null ? null : Math.round(value)
}

import { sql, type Kysely, type Transaction } from 'kysely'
import type { Schema } from './schema.ts'
import type { Retention } from './store.ts'

const CHUNK = 1_000
const SAMPLE = 1_000
const IDEMPOTENCY_MS = 24 * 3_600_000

export interface RetentionNeeds {
  read: Kysely<Schema>
  write<T>(work: (trx: Transaction<Schema>) => Promise<T>): Promise<T>
  limits: Retention
  now(): number
  /** Rows on disk and in indexes take this much more than their text. */
  overhead: number
}

/**
 * Deletes records that are too old, then the oldest ones while records take too much room; deliveries of webhooks that
 * are over and as old; idempotency answers after a day; and nonces that cannot be used again. Money is never touched. Answers how many rows went.
 */
export async function prune(needs: RetentionNeeds): Promise<number> {
  const cutoff = needs.now() - needs.limits.maxAgeMs
  let deleted = 0
  for (const table of ['requests', 'denials'] as const) deleted += await deleteOlder(needs, table, cutoff)
  deleted += await deleteToFit(needs)
  await needs.write((trx) =>
    trx.deleteFrom('webhook_deliveries').where('state', '!=', 'pending').where('at', '<', BigInt(cutoff)).execute(),
  )
  await needs.write((trx) =>
    trx
      .deleteFrom('idempotency')
      .where('created_at', '<', BigInt(needs.now() - IDEMPOTENCY_MS))
      .execute(),
  )
  await needs.write((trx) => trx.deleteFrom('used_nonces').where('until', '<', BigInt(needs.now())).execute())
  return deleted
}

/** In chunks, so that the writer is never held up for long. */
async function deleteOlder(needs: RetentionNeeds, table: 'requests' | 'denials', cutoff: number): Promise<number> {
  let deleted = 0
  for (;;) {
    const count = await needs.write((trx) => deleteChunk(trx, table, cutoff, CHUNK))
    deleted += count
    if (count < CHUNK) return deleted
  }
}

async function deleteChunk(trx: Transaction<Schema>, table: 'requests' | 'denials', cutoff: number, limit: number): Promise<number> {
  const oldest = trx.selectFrom(table).select('id').where('at', '<', BigInt(cutoff)).orderBy('at').limit(limit)
  const result = await trx.deleteFrom(table).where('id', 'in', oldest).executeTakeFirst()
  return Number(result.numDeletedRows)
}

async function deleteToFit(needs: RetentionNeeds): Promise<number> {
  const size = await recordBytes(needs.read, needs.overhead)
  if (size.bytes <= needs.limits.maxBytes || size.rows === 0) return 0
  let excess = Math.ceil(size.rows * (1 - needs.limits.maxBytes / size.bytes))
  let deleted = 0
  while (excess > 0) {
    const limit = Math.min(excess, CHUNK)
    let count = 0
    for (const table of ['requests', 'denials'] as const) {
      count += await needs.write((trx) => deleteChunk(trx, table, Number.MAX_SAFE_INTEGER, limit))
    }
    if (count === 0) break
    deleted += count
    excess -= limit
  }
  return deleted
}

/** About how much room the records take: rows times the mean size of the newest. */
export async function recordBytes(read: Kysely<Schema>, overhead: number): Promise<{ rows: number; bytes: number }> {
  const requests = await sizeOf(
    read,
    'requests',
    sql`length(attempts) + length(path) + length(flags) + coalesce(length(tags), 0) + coalesce(length(violations), 0) + coalesce(length(measured), 0)`,
    overhead,
  )
  const denials = await sizeOf(read, 'denials', sql`length(problem) + length(trace) + coalesce(length(operator_detail), 0)`, overhead)
  return { rows: requests.rows, bytes: requests.bytes + denials.bytes }
}

async function sizeOf(
  read: Kysely<Schema>,
  table: 'requests' | 'denials',
  length: ReturnType<typeof sql>,
  overhead: number,
): Promise<{ rows: number; bytes: number }> {
  const { rows } = await sql<{ rows: bigint; mean: bigint | null }>`
    SELECT (SELECT count(*) FROM ${sql.table(table)}) AS rows,
           (SELECT cast(avg(size) AS bigint) FROM (SELECT ${length} AS size FROM ${sql.table(table)} ORDER BY at DESC LIMIT ${sql.lit(SAMPLE)}) AS newest) AS mean
  `.execute(read)
  const count = Number(rows[0]?.rows ?? 0n)
  return { rows: count, bytes: count * (Number(rows[0]?.mean ?? 0n) + overhead) }
}

import type { ProviderFilter, ProviderTotal, UsageSlot } from '@faregate/admin/ports-usage'
import { BUCKETS } from '@faregate/core'
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Schema } from '../schema.ts'

const SLOT_MS: Record<UsageSlot, number> = { day: 86_400_000, hour: 3_600_000 }

/** How each engine takes a request's attempts apart. */
interface Unfolding {
  /** Every attempt of the requests `r` as `a`: its `value`, and its place in the list as `key`. */
  from: RawBuilder<unknown>
  text(of: string, member: string): RawBuilder<unknown>
  count(bucket: string): RawBuilder<unknown>
  /** The counts of an attempt, as text: `{}` where it used nothing. */
  counts(of: string): RawBuilder<unknown>
  /** Another look at the same request's attempts, as `b`. */
  again: RawBuilder<unknown>
}

const UNFOLDINGS: Record<'sqlite' | 'postgres', Unfolding> = {
  sqlite: {
    from: sql`requests r, json_each(r.attempts) a`,
    text: (of, member) => sql`json_extract(${sql.ref(`${of}.value`)}, ${sql.lit(`$.${member}`)})`,
    count: (bucket) => sql`cast(json_extract(a.value, ${sql.lit(`$.buckets.${bucket}`)}) as integer)`,
    counts: (of) => sql`json_extract(${sql.ref(`${of}.value`)}, '$.buckets')`,
    again: sql`json_each(r.attempts) b`,
  },
  postgres: {
    // Names that PostgreSQL cannot hold as text come from callers of old versions alone; they are left out.
    from: sql`(SELECT * FROM requests WHERE attempts !~ '\\\\u(0000|[dD][89a-fA-F])') r, json_array_elements(r.attempts::json) WITH ORDINALITY AS a(value, key)`,
    text: (of, member) => sql`(${sql.ref(`${of}.value`)} ->> ${sql.lit(member)})`,
    count: (bucket) => sql`trunc((a.value -> 'buckets' ->> ${sql.lit(bucket)})::numeric)`,
    counts: (of) => sql`(${sql.ref(`${of}.value`)} -> 'buckets')::text`,
    again: sql`json_array_elements(r.attempts::json) WITH ORDINALITY AS b(value, key)`,
  },
}

type Row = Record<string, bigint | string | null>

/**
 * What was used at providers, one total for each slot of time, provider and model. A request counts where it was called, each
 * attempt at its own provider. What a request's provider is owed belongs to the last attempt that used something: others are
 * none in practice, for whoever answers is not followed by another.
 */
export async function providerTotals(
  db: Kysely<Schema>,
  { organization, provider, from, to }: ProviderFilter,
  by: UsageSlot,
  kind: 'sqlite' | 'postgres',
): Promise<ProviderTotal[]> {
  const unfold = UNFOLDINGS[kind]
  const used = sql`${unfold.counts('a')} <> '{}'`
  const last = sql`a.key = (SELECT max(b.key) FROM ${unfold.again} WHERE ${unfold.counts('b')} <> '{}')`
  const sums = BUCKETS.map((bucket) => sql`cast(sum(${unfold.count(bucket)}) as bigint) AS ${sql.id(`sum_${bucket}`)}`)
  const conditions = [
    sql`r.at >= ${BigInt(from)}`,
    sql`r.at < ${BigInt(to)}`,
    ...(organization === undefined ? [] : [sql`r.organization_id = ${organization}`]),
    provider === undefined ? sql`${unfold.text('a', 'provider')} IS NOT NULL` : sql`${unfold.text('a', 'provider')} = ${provider}`,
  ]
  const { rows } = await sql<Row>`
    SELECT r.at / ${sql.lit(SLOT_MS[by])} AS slot, ${unfold.text('a', 'provider')} AS provider, ${unfold.text('a', 'model')} AS model,
      count(*) AS calls,
      count(CASE WHEN ${used} THEN 1 END) AS used,
      count(CASE WHEN ${used} AND r.estimated = 1 THEN 1 END) AS estimated,
      count(CASE WHEN ${used} AND r.provider_cost IS NULL THEN 1 END) AS unpriced,
      cast(sum(CASE WHEN ${used} AND ${last} THEN r.provider_cost END) as bigint) AS cost,
      ${sql.join(sums)}
    FROM ${unfold.from}
    WHERE ${sql.join(conditions, sql` AND `)}
    GROUP BY 1, 2, 3
    ORDER BY 1, 2, 3
  `.execute(db)
  return rows.map((row) => totalOf(row, SLOT_MS[by]))
}

function totalOf(row: Row, slotMs: number): ProviderTotal {
  const buckets: Record<string, number> = {}
  for (const bucket of BUCKETS) {
    const sum = row[`sum_${bucket}`]
    if (sum !== null && sum !== undefined) buckets[bucket] = Number(sum)
  }
  const { cost = null } = row
  return {
    at: Number(row['slot']) * slotMs,
    provider: String(row['provider']),
    model: String(row['model']),
    calls: Number(row['calls']),
    used: Number(row['used']),
    estimated: Number(row['estimated']),
    unpriced: Number(row['unpriced']),
    buckets,
    cost: cost === null ? null : BigInt(cost),
  }
}

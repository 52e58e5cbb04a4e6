import type { Measure, Slot, Spread, UsageOf } from '@faregate/admin/limit-requests/rows'
import { BUCKETS, LIMIT_WINDOWS, UNIT_BUCKETS, type Bucket } from '@faregate/core'
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Schema } from '../schema.ts'
import { toNumber } from './columns.ts'
import { hasTag } from './tags.ts'
import { BUCKET_COLUMNS } from './usage.ts'

/** So many of the newest requests are looked at, whatever there is: looking must not cost what serving has to wait for. */
const MOST_REQUESTS = 50_000
/** Every zone is a multiple of it away from UTC, so that periods are sums of it. */
const SLOT_MS = 900_000

type Counted = Extract<Measure, { of: 'requests' | 'tokens' | 'concurrency' }>

const TOKEN_COLUMNS = BUCKETS.filter((bucket) => !(UNIT_BUCKETS as readonly Bucket[]).includes(bucket)).map(
  (bucket) => BUCKET_COLUMNS[bucket],
)

/** What was used in each quarter of an hour, of each model and API. */
export async function usageSlots(
  db: Kysely<Schema>,
  of: UsageOf,
  what: 'cost' | 'requests' | 'tokens',
  since: number,
): Promise<{ slots: Slot[]; complete: boolean }> {
  const { rows } = await sql<{ slot: bigint; model: string | null; api: string | null; amount: bigint }>`
    SELECT at / ${sql.lit(SLOT_MS)} AS slot, model, api, cast(sum(${amountOf(what)}) AS bigint) AS amount
    FROM (${newest(of, since)}) AS newest WHERE ${those(of)} GROUP BY 1, 2, 3`.execute(db)
  const slots = rows.map(({ slot, ...used }) => ({ at: toNumber(slot) * SLOT_MS, ...used }))
  return { slots, complete: await isComplete(db, of, since) }
}

/** How much was used at once, by nearest rank over the windows in which anything was, or over the requests as they began. */
export async function usageSpread(
  db: Kysely<Schema>,
  of: UsageOf,
  measure: Counted,
  since: number,
): Promise<Spread & { complete: boolean }> {
  const { rows } = await sql<Spread>`
    WITH newest AS (${newest(of, since)}), found AS (SELECT * FROM newest WHERE ${those(of)}),
    used AS (${measure.of === 'concurrency' ? running(measure) : windows(measure)}),
    ranked AS (SELECT v, row_number() OVER (ORDER BY v) AS rank, count(*) OVER () AS n FROM used)
    SELECT coalesce(max(CASE WHEN rank = (n + 1) / 2 THEN v END), 0) AS p50,
      coalesce(max(CASE WHEN rank = (n * 99 + 99) / 100 THEN v END), 0) AS p99, coalesce(max(v), 0) AS peak FROM ranked`.execute(db)
  const [{ p50, p99, peak } = { p50: 0n, p99: 0n, peak: 0n }] = rows
  return { p50, p99, peak, complete: await isComplete(db, of, since) }
}

function windows({ of, per, by }: Exclude<Counted, { of: 'concurrency' }>): RawBuilder<unknown> {
  const millis = sql.lit(LIMIT_WINDOWS[per] * 1_000)
  return sql`SELECT cast(sum(${amountOf(of)}) AS bigint) AS v FROM (SELECT *, ${partition(by)} AS part FROM found) AS parted
    GROUP BY at / ${millis}, part`
}

/** How many ran when each began, itself included. */
function running({ by }: Extract<Counted, { of: 'concurrency' }>): RawBuilder<unknown> {
  const part = partition(by)
  return sql`SELECT v FROM (
    SELECT step, cast(sum(step) OVER (PARTITION BY part ORDER BY t, step ROWS UNBOUNDED PRECEDING) AS bigint) AS v FROM (
      SELECT ${part} AS part, at AS t, 1 AS step FROM found UNION ALL
      SELECT ${part} AS part, at + latency_ms AS t, -1 AS step FROM found) AS steps) AS counts WHERE step = 1`
}

function partition(by: 'user' | 'tag' | undefined): RawBuilder<unknown> {
  if (by === undefined) return sql`''`
  return by === 'user' ? sql`coalesce(end_user, '')` : sql`coalesce(tags, '')`
}

function amountOf(what: 'cost' | 'requests' | 'tokens'): RawBuilder<unknown> {
  if (what === 'cost') return sql`cost`
  if (what === 'requests') return sql`1`
  return sql`(${sql.join(
    TOKEN_COLUMNS.map((column) => sql`coalesce(${sql.ref(column)}, 0)`),
    sql` + `,
  )})`
}

/** The newest requests of the organization, or of the key, which have an index. */
function newest({ organization, key }: UsageOf, since: number): RawBuilder<unknown> {
  const whose = key === undefined ? sql`organization_id = ${organization}` : sql`key_id = ${key}`
  return sql`SELECT * FROM requests WHERE ${whose} AND at >= ${BigInt(since)} ORDER BY at DESC LIMIT ${sql.lit(MOST_REQUESTS)}`
}

/** Which of them count: what was refused used nothing. */
function those({ organization, application, team, member, user, tag }: UsageOf): RawBuilder<unknown> {
  const conditions = [sql`organization_id = ${organization}`, sql`outcome <> 'refused'`]
  if (application !== undefined) conditions.push(sql`application_id = ${application}`)
  if (team !== undefined) conditions.push(sql`application_id IN (SELECT id FROM applications WHERE team_id = ${team})`)
  if (member !== undefined) conditions.push(sql`key_id IN (SELECT id FROM keys WHERE member_id = ${member})`)
  if (user !== undefined) conditions.push(sql`end_user = ${user}`)
  if (tag !== undefined) conditions.push(hasTag(tag))
  return sql.join(conditions, sql` AND `)
}

async function isComplete(db: Kysely<Schema>, { organization, key }: UsageOf, since: number): Promise<boolean> {
  const whose = key === undefined ? sql`organization_id = ${organization}` : sql`key_id = ${key}`
  const { rows } = await sql`
    SELECT at FROM requests WHERE ${whose} AND at >= ${BigInt(since)} ORDER BY at DESC LIMIT 1 OFFSET ${sql.lit(MOST_REQUESTS)}`.execute(db)
  return rows.length === 0
}

import type { ApiUsageFilter, ApiUsageQueries, ApiUsageTotal, ApiViolations, Latency } from '@faregate/admin/ports-api-usage'
import type { UsageSlot } from '@faregate/admin/ports-usage'
import type { ViolationNote } from '@faregate/core'
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Schema } from '../schema.ts'

type Row = Record<string, bigint | string | null>

const SLOT_MS = { hour: 3_600_000, day: 86_400_000 } as const

/** More latencies are not sorted: the latest tell how it is. */
const MOST_SORTED = 200_000

/** Combinations of violations in one call: so many of them are told apart. */
const MOST_COMBINATIONS = 1_000
/** So long before a time calls are looked for that ended after it: the index knows when they began. */
const LONGEST_MS = 900_000

/** A key is of one stage for good. */
const STAGING_KEYS = sql`(SELECT id FROM keys WHERE stage = 'staging')`

const NO_LATENCY: Latency = { p50: null, p90: null, p99: null, calls: 0 }

/** What the records say of the calls of one API. The statements are the same on both engines, and so are their answers. */
export function apiUsageQueries(db: Kysely<Schema>): ApiUsageQueries {
  return {
    async totals(filter, group) {
      const [rows, latencies] = await Promise.all([totalRows(db, filter, group), latencyRows(db, filter, group)])
      const byGroup = new Map(latencies.map((row) => [row['slot'], latencyOf(row)]))
      const factor = group === undefined || group === 'release' ? 1 : SLOT_MS[group]
      return rows.map((row) => totalOf(row, factor, byGroup.get(row['slot'] ?? null) ?? NO_LATENCY))
    },
    async refusals(filter) {
      const { rows } = await sql<Row>`
        SELECT denial, status, count(*) AS calls FROM requests WHERE ${called(filter)} AND denial IS NOT NULL
        GROUP BY denial, status ORDER BY calls DESC, denial, status`.execute(db)
      return rows.map((row) => ({ code: String(row['denial']), status: Number(row['status']), calls: Number(row['calls']) }))
    },
    async violations(filter, limit) {
      const { rows } = await sql<Row>`
        SELECT violations, count(*) AS calls FROM requests WHERE ${called(filter)} AND violations IS NOT NULL
        GROUP BY violations ORDER BY calls DESC, violations LIMIT ${sql.lit(MOST_COMBINATIONS)}`.execute(db)
      return violationsOf(rows).slice(0, limit)
    },
    async consumers(filter, limit) {
      const { rows } = await sql<Row>`
        SELECT organization_id, application_id, key_id, count(*) AS calls, cast(sum(cost) as bigint) AS revenue
        FROM requests WHERE ${called(filter)} GROUP BY organization_id, application_id, key_id
        ORDER BY calls DESC, coalesce(key_id, ''), coalesce(application_id, ''), coalesce(organization_id, '')
        LIMIT ${sql.lit(limit)}`.execute(db)
      return rows.map((row) => ({
        organization: textOf(row['organization_id']),
        application: textOf(row['application_id']),
        key: textOf(row['key_id']),
        calls: Number(row['calls']),
        revenue: BigInt(row['revenue'] ?? 0n),
      }))
    },
  }
}

/** Each violation of each combination of some, counted by itself. */
function violationsOf(rows: Row[]): ApiViolations[] {
  const byKind = new Map<string, ApiViolations>()
  for (const row of rows) {
    for (const note of JSON.parse(String(row['violations'])) as ViolationNote[]) {
      const key = JSON.stringify(note)
      const calls = (byKind.get(key)?.calls ?? 0) + Number(row['calls'])
      byKind.set(key, { ...note, calls })
    }
  }
  return [...byKind.values()].toSorted((a, b) => b.calls - a.calls)
}

async function totalRows(db: Kysely<Schema>, filter: ApiUsageFilter, group: UsageSlot | 'release' | undefined): Promise<Row[]> {
  const { rows } = await sql<Row>`
    SELECT slot, count(*) AS calls,
      ${counted(sql`status / 100 = 2`)} AS s2, ${counted(sql`status / 100 = 3`)} AS s3,
      ${counted(sql`status / 100 = 4 AND outcome <> 'aborted'`)} AS s4, ${counted(sql`status / 100 = 5`)} AS s5,
      ${counted(sql`outcome = 'refused'`)} AS refused,
      ${counted(sql`outcome IN ('failed', 'partial') AND status / 100 <> 5`)} AS broken, ${counted(sql`status = 402`)} AS unpaid,
      cast(sum(cost) as bigint) AS revenue, cast(sum(provider_cost) as bigint) AS cost
    FROM (SELECT ${slotOf(group)} AS slot, status, outcome, cost, provider_cost FROM requests WHERE ${called(filter)}) AS each
    GROUP BY slot ORDER BY coalesce(slot, 0)`.execute(db)
  return rows
}

function counted(condition: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`count(CASE WHEN ${condition} THEN 1 END)`
}

/** The smallest latency that so many of a group do not exceed: found by their order, since only one engine knows percentiles. */
async function latencyRows(db: Kysely<Schema>, filter: ApiUsageFilter, group: UsageSlot | 'release' | undefined): Promise<Row[]> {
  const { rows } = await sql<Row>`
    SELECT slot, count(*) AS calls, ${within(50)} AS p50, ${within(90)} AS p90, ${within(99)} AS p99
    FROM (
      SELECT slot, latency_ms, row_number() OVER (PARTITION BY slot ORDER BY latency_ms) AS place,
        count(*) OVER (PARTITION BY slot) AS total
      FROM (
        SELECT ${slotOf(group)} AS slot, latency_ms FROM requests WHERE ${called(filter)} AND outcome <> 'refused'
        ORDER BY at DESC, id DESC LIMIT ${sql.lit(MOST_SORTED)}) AS latest) AS sorted
    GROUP BY slot`.execute(db)
  return rows
}

function within(share: number): RawBuilder<unknown> {
  return sql`min(CASE WHEN place * 100 >= total * ${sql.lit(share)} THEN latency_ms END)`
}

function slotOf(group: UsageSlot | 'release' | undefined): RawBuilder<unknown> {
  if (group === undefined) return sql`cast(NULL as bigint)`
  return group === 'release' ? sql`api_release` : sql`at / ${sql.lit(SLOT_MS[group])}`
}

/** Calls of the API itself: who calls its mock does not call it. */
function called({ api, organization, release, stage, from, to, ended }: ApiUsageFilter): RawBuilder<unknown> {
  const conditions = [
    sql`api = ${api}`,
    sql`at >= ${BigInt(ended === true ? from - LONGEST_MS : from)}`,
    sql`at < ${BigInt(to)}`,
    ...(ended === true ? [sql`at + latency_ms >= ${BigInt(from)}`, sql`at + latency_ms < ${BigInt(to)}`] : []),
    sql`coalesce(route, '') <> 'mock'`,
    stage === 'staging' ? sql`key_id IN ${STAGING_KEYS}` : sql`coalesce(key_id, '') NOT IN ${STAGING_KEYS}`,
    ...(organization === undefined ? [] : [sql`organization_id = ${organization}`]),
    ...(release === undefined ? [] : [sql`api_release = ${BigInt(release)}`]),
  ]
  return sql.join(conditions, sql` AND `)
}

function totalOf(row: Row, factor: number, latency: Latency): ApiUsageTotal {
  const count = (name: string) => Number(row[name] ?? 0)
  const { slot = null, cost = null } = row
  const classes = { '2xx': count('s2'), '3xx': count('s3'), '4xx': count('s4'), '5xx': count('s5') }
  const answered = Object.values(classes).reduce((sum, calls) => sum + calls, 0)
  return {
    group: slot === null ? null : Number(slot) * factor,
    calls: count('calls'),
    statuses: { ...classes, other: count('calls') - answered },
    refused: count('refused'),
    brokenOff: count('broken'),
    paymentRequired: count('unpaid'),
    latency,
    revenue: BigInt(row['revenue'] ?? 0n),
    cost: cost === null ? null : BigInt(cost),
  }
}

function latencyOf(row: Row): Latency {
  const at = (name: string) => (row[name] === null || row[name] === undefined ? null : Number(row[name]))
  return { p50: at('p50'), p90: at('p90'), p99: at('p99'), calls: Number(row['calls']) }
}

function textOf(value: bigint | string | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value)
}

import type { UsageGroup, UsageTotal } from '@faregate/admin/ports'
import { sql, type Expression, type RawBuilder, type SelectQueryBuilder } from 'kysely'
import type { Schema } from '../schema.ts'
import { TAG_COLUMN, tagRows } from './tags.ts'

const DAY_MS = 86_400_000

/** Which column counts which bucket. */
export const BUCKET_COLUMNS = {
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
} as const

const GROUP_COLUMNS = {
  organization: 'organization_id',
  application: 'application_id',
  key: 'key_id',
  model: 'model',
  api: 'api',
  route: 'route',
  user: 'end_user',
} as const

type Sums = Record<string, bigint | string | null>

/** Totals of the selected requests, one for each combination of the groups; one for all where there is no group. */
export async function usageTotals(
  query: SelectQueryBuilder<Schema, 'requests', object>,
  groupBy: UsageGroup[],
  kind: 'sqlite' | 'postgres',
): Promise<UsageTotal[]> {
  const groups = groupBy.map((group) => ({ group, expression: groupExpression(group, kind) }))
  const sums = Object.entries({ ...BUCKET_COLUMNS, cost: 'cost', providerCost: 'provider_cost' })
  const rowsOf = groupBy.includes('tag') ? withTags(query, kind) : query
  let totals = rowsOf.select([
    sql<bigint>`count(*)`.as('requests'),
    ...sums.map(([name, column]) => sql<bigint | null>`cast(sum(${sql.ref(column)}) as bigint)`.as(`sum_${name}`)),
    ...groups.map(({ group, expression }) => expression.as(`group_${group}`)),
  ])
  for (const { expression } of groups) totals = totals.groupBy(expression)
  const rows = await totals.execute()
  return rows.map((row) => totalOf(row as Sums, groupBy)).toSorted(byGroup)
}

/** A request with several tags is one row beside each of them, and one that has none stays. */
function withTags(query: SelectQueryBuilder<Schema, 'requests', object>, kind: 'sqlite' | 'postgres') {
  const joined = query.leftJoin(tagRows(kind).as('one_tag'), (join) => join.onTrue())
  return joined as unknown as typeof query
}

function groupExpression(group: UsageGroup, kind: 'sqlite' | 'postgres'): RawBuilder<unknown> {
  if (group === 'tag') return TAG_COLUMN[kind]
  if (group === 'day') return sql`(at / ${sql.lit(DAY_MS)})`
  if (group === 'provider') return lastProvider(kind)
  return sql`${sql.ref(GROUP_COLUMNS[group])}`
}

/** The provider that was tried last: the one that served, where one did. */
function lastProvider(kind: 'sqlite' | 'postgres'): RawBuilder<unknown> {
  if (kind === 'sqlite') return sql`json_extract(attempts, '$[#-1].provider')`
  return sql`(attempts::json -> -1 ->> 'provider')`
}

function totalOf(row: Sums, groupBy: UsageGroup[]): UsageTotal {
  const buckets: Record<string, number> = {}
  for (const bucket of Object.keys(BUCKET_COLUMNS)) {
    const sum = row[`sum_${bucket}`]
    if (sum !== null && sum !== undefined) buckets[bucket] = Number(sum)
  }
  const group: UsageTotal['group'] = {}
  for (const name of groupBy) group[name] = groupValue(name, row[`group_${name}`])
  const providerCost = row['sum_providerCost']
  return {
    group,
    requests: Number(row['requests']),
    buckets,
    cost: BigInt(row['sum_cost'] ?? 0n),
    providerCost: providerCost === null || providerCost === undefined ? null : BigInt(providerCost),
  }
}

/** The text of a group's value; days, counted since the epoch, become dates. */
export function groupValue(name: string, value: bigint | string | null | undefined): string | null {
  if (value === null || value === undefined) return null
  return name === 'day' ? new Date(Number(value) * DAY_MS).toISOString().slice(0, 10) : String(value)
}

function byGroup(a: UsageTotal, b: UsageTotal): number {
  return JSON.stringify(a.group) < JSON.stringify(b.group) ? -1 : 1
}

/** The day of a row, counted since the epoch, in UTC. */
export function dayOf(column: string): Expression<bigint> {
  return sql<bigint>`(${sql.ref(column)} / ${sql.lit(DAY_MS)})`
}

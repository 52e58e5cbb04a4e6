import type { AdminQueries, DenialGroup, DenialTotal, Filter } from '@faregate/admin/ports'
import type { DenialRow } from '@faregate/admin/rows'
import { sql, type ExpressionBuilder, type Kysely, type Selectable, type SelectQueryBuilder } from 'kysely'
import type { DenialsTable, Schema } from '../schema.ts'
import { toNumber } from './columns.ts'
import { dayOf, groupValue } from './usage.ts'

const GROUP_COLUMNS = { code: 'code', key: 'key_id', organization: 'organization_id' } as const

export function denialQueries(db: Kysely<Schema>): AdminQueries['denials'] {
  return {
    async get(id) {
      const row = await db.selectFrom('denials').selectAll().where('id', '=', id).executeTakeFirst()
      return row && denialOf(row)
    },
    async ofRequest(requestId) {
      const row = await db.selectFrom('denials').selectAll().where('request_id', '=', requestId).executeTakeFirst()
      return row && denialOf(row)
    },
    async list({ limit, before }, filter) {
      let query = filtered(db.selectFrom('denials'), filter).selectAll().orderBy('id', 'desc').limit(limit)
      if (before !== undefined) query = query.where('id', '<', before)
      return (await query.execute()).map(denialOf)
    },
    totals: (filter, groupBy) => denialTotals(filtered(db.selectFrom('denials'), filter), groupBy),
  }
}

function filtered<O>(query: SelectQueryBuilder<Schema, 'denials', O>, filter: Filter): SelectQueryBuilder<Schema, 'denials', O> {
  let narrowed = query
  if (filter.organization !== undefined) narrowed = narrowed.where('organization_id', '=', filter.organization)
  const { team } = filter
  if (team !== undefined) narrowed = narrowed.where('key_id', 'in', (eb) => keysOfTeam(eb, team))
  if (filter.key !== undefined) narrowed = narrowed.where('key_id', '=', filter.key)
  if (filter.code !== undefined) narrowed = narrowed.where('code', '=', filter.code)
  if (filter.from !== undefined) narrowed = narrowed.where('at', '>=', BigInt(filter.from))
  if (filter.to !== undefined) narrowed = narrowed.where('at', '<', BigInt(filter.to))
  return narrowed
}

function keysOfTeam(eb: ExpressionBuilder<Schema, 'denials'>, team: string) {
  return eb
    .selectFrom('keys')
    .innerJoin('applications', 'applications.id', 'keys.application_id')
    .select('keys.id')
    .where('applications.team_id', '=', team)
}

async function denialTotals(query: SelectQueryBuilder<Schema, 'denials', object>, groupBy: DenialGroup[]): Promise<DenialTotal[]> {
  const groups = groupBy.map((group) => ({ group, expression: group === 'day' ? dayOf('at') : sql`${sql.ref(GROUP_COLUMNS[group])}` }))
  let totals = query.select([
    sql<bigint>`count(*)`.as('count'),
    ...groups.map(({ group, expression }) => sql<bigint | string | null>`${expression}`.as(`group_${group}`)),
  ])
  for (const { expression } of groups) totals = totals.groupBy(sql`${expression}`)
  const rows = await totals.execute()
  return rows.map((row) => totalOf(row as Record<string, bigint | string | null>, groupBy)).toSorted((a, b) => b.count - a.count)
}

function totalOf(row: Record<string, bigint | string | null>, groupBy: DenialGroup[]): DenialTotal {
  const group: DenialTotal['group'] = {}
  for (const name of groupBy) group[name] = groupValue(name, row[`group_${name}`])
  return { group, count: Number(row['count']) }
}

function denialOf(row: Selectable<DenialsTable>): DenialRow {
  return {
    id: row.id,
    at: toNumber(row.at),
    requestId: row.request_id,
    organization: row.organization_id,
    key: row.key_id,
    code: row.code,
    problem: row.problem,
    trace: row.trace,
    operatorDetail: row.operator_detail,
    configurationVersion: toNumber(row.configuration_version),
  }
}

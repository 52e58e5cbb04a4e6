import type { AdminQueries, Filter, Paging } from '@faregate/admin/ports'
import type { AttemptRow, RequestRow } from '@faregate/admin/rows'
import type { CallMeasured, ViolationNote } from '@faregate/core'
import type { Kysely, Selectable, SelectQueryBuilder } from 'kysely'
import type { RequestsTable, Schema } from '../schema.ts'
import { lostRecord } from '../lost-record.ts'
import { toNumber, toNumberOrNull } from './columns.ts'
import { providerTotals } from './provider-usage.ts'
import { hasTag } from './tags.ts'
import { usageTotals } from './usage.ts'

export function requestQueries(db: Kysely<Schema>, kind: 'sqlite' | 'postgres'): AdminQueries['requests'] {
  return {
    async get(id) {
      const row = await db.selectFrom('requests').selectAll().where('id', '=', id).executeTakeFirst()
      return row && requestOf(row)
    },
    async list({ limit, before }: Paging, filter: Filter) {
      let query = filtered(db.selectFrom('requests'), filter).selectAll().orderBy('id', 'desc').limit(limit)
      if (before !== undefined) query = query.where('id', '<', before)
      return (await query.execute()).map(requestOf)
    },
    lost: (id) => lostRequest(db, id),
    usage: (filter, groupBy) => usageTotals(filtered(db.selectFrom('requests'), filter), groupBy, kind),
    providerUsage: (filter, by) => providerTotals(db, filter, by, kind),
  }
}

/** The record of a request as its entries tell it; `undefined` while it is not settled. */
async function lostRequest(db: Kysely<Schema>, id: string): Promise<RequestRow | undefined> {
  const ids = [`${id}.0`, `${id}.settle`]
  const entries = await db.selectFrom('entries').select(['id', 'at', 'terms', 'memo']).where('id', 'in', ids).execute()
  const held = entries.find((entry) => entry.id !== `${id}.settle`)
  const settled = entries.find((entry) => entry.id === `${id}.settle`)
  if (held === undefined || settled === undefined) return undefined
  const lost = { request: id, at: held.at, held: held.memo, settled_at: settled.at, terms: settled.terms, settled: settled.memo }
  const { measured = {}, ...found } = lostRecord(lost)
  return { ...found, measured, violations: [] }
}

/** Narrows requests to those that a filter names. */
export function filtered<O>(query: SelectQueryBuilder<Schema, 'requests', O>, filter: Filter): SelectQueryBuilder<Schema, 'requests', O> {
  let narrowed = query
  if (filter.organization !== undefined) narrowed = narrowed.where('organization_id', '=', filter.organization)
  const { team } = filter
  if (team !== undefined)
    narrowed = narrowed.where('application_id', 'in', (eb) =>
      eb.selectFrom('applications').select('applications.id').where('team_id', '=', team),
    )
  if (filter.application !== undefined) narrowed = narrowed.where('application_id', '=', filter.application)
  if (filter.key !== undefined) narrowed = narrowed.where('key_id', '=', filter.key)
  if (filter.model !== undefined) narrowed = narrowed.where('model', '=', filter.model)
  if (filter.api !== undefined) narrowed = narrowed.where('api', '=', filter.api)
  if (filter.route !== undefined) narrowed = narrowed.where('route', '=', filter.route)
  if (filter.user !== undefined) narrowed = narrowed.where('end_user', '=', filter.user)
  if (filter.tag !== undefined) narrowed = narrowed.where(hasTag(filter.tag))
  if (filter.outcome !== undefined) narrowed = narrowed.where('outcome', '=', filter.outcome)
  if (filter.code !== undefined) narrowed = narrowed.where('denial', '=', filter.code)
  if (filter.from !== undefined) narrowed = narrowed.where('at', '>=', BigInt(filter.from))
  if (filter.to !== undefined) narrowed = narrowed.where('at', '<', BigInt(filter.to))
  return narrowed
}

function requestOf(row: Selectable<RequestsTable>): RequestRow {
  return {
    id: row.id,
    at: toNumber(row.at),
    organization: row.organization_id,
    application: row.application_id,
    key: row.key_id,
    user: row.end_user,
    tags: row.tags,
    path: row.path,
    model: row.model,
    api: row.api,
    route: row.route,
    release: toNumberOrNull(row.api_release),
    stream: row.stream === 1n,
    outcome: row.outcome,
    denial: row.denial,
    denialId: row.denial_id,
    status: toNumber(row.status),
    cost: row.cost,
    providerCost: row.provider_cost,
    priceVersion: row.price_version,
    estimated: row.estimated === 1n,
    flags: JSON.parse(row.flags) as string[],
    delivery: row.delivery,
    clamped: toNumberOrNull(row.clamped),
    latencyMs: toNumber(row.latency_ms),
    ttftMs: toNumberOrNull(row.ttft_ms),
    attempts: JSON.parse(row.attempts) as AttemptRow[],
    measured: row.measured === null ? {} : (JSON.parse(row.measured) as CallMeasured),
    violations: row.violations === null ? [] : (JSON.parse(row.violations) as ViolationNote[]),
  }
}

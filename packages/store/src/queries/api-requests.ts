import type { ApiRequestDecision, ApiRequestRow } from '@faregate/admin/configuration-rows'
import type { ApiQueries } from '@faregate/admin/ports-apis'
import type { Kysely, Selectable } from 'kysely'
import type { ApiRequestsTable } from '../schema-configuration.ts'
import type { Schema } from '../schema.ts'
import { toNumber, toNumberOrNull } from './columns.ts'

const MOST = 100

export function apiRequestQueries(db: Kysely<Schema>): ApiQueries['apiRequests'] {
  return {
    async required(api) {
      return (await db.selectFrom('api_approvals').select('api').where('api', '=', api).executeTakeFirst()) !== undefined
    },
    async get(id) {
      const row = await db.selectFrom('api_requests').selectAll().where('id', '=', id).executeTakeFirst()
      return row && requestOf(row)
    },
    async list(api) {
      const rows = await db.selectFrom('api_requests').selectAll().where('api', '=', api).orderBy('id', 'desc').limit(MOST).execute()
      return rows.map(requestOf)
    },
  }
}

type Facts = Pick<ApiRequestRow, 'body' | 'base' | 'changes' | 'overridden'>

function requestOf(row: Selectable<ApiRequestsTable>): ApiRequestRow {
  return {
    id: row.id,
    api: row.api,
    action: row.action as ApiRequestRow['action'],
    ...(JSON.parse(row.facts) as Facts),
    askedBy: row.asked_by,
    person: row.person,
    state: row.state as ApiRequestRow['state'],
    createdAt: toNumber(row.created_at),
    decidedBy: row.decided_by,
    decidedAt: toNumberOrNull(row.decided_at),
    reason: row.reason,
  }
}

/** Has a second person agree from now on, or nobody. */
export async function putApiApproval(db: Kysely<Schema>, api: string, required: boolean): Promise<void> {
  await db.deleteFrom('api_approvals').where('api', '=', api).execute()
  if (required) await db.insertInto('api_approvals').values({ api }).execute()
}

export async function insertApiRequest(db: Kysely<Schema>, row: ApiRequestRow): Promise<void> {
  const { id, api, action, body, base, changes, overridden, askedBy, person, state, createdAt, decidedBy, decidedAt, reason } = row
  const facts = JSON.stringify({ body, base, changes, overridden } satisfies Facts)
  const decision = { state, decided_by: decidedBy, decided_at: decidedAt, reason }
  await db
    .insertInto('api_requests')
    .values({ id, api, action, facts, asked_by: askedBy, person, created_at: createdAt, ...decision })
    .execute()
}

/** Decides about a request, unless somebody did; whether nobody had. */
export async function decideApiRequest(
  db: Kysely<Schema>,
  id: string,
  { state, decidedBy, decidedAt, reason }: ApiRequestDecision,
): Promise<boolean> {
  const updated = await db
    .updateTable('api_requests')
    .set({ state, decided_by: decidedBy, decided_at: decidedAt, reason })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .executeTakeFirst()
  return updated.numUpdatedRows === 1n
}

import type { AdminQueries } from '@faregate/admin/ports'
import type { TokenRow } from '@faregate/admin/rows'
import type { Kysely, Selectable } from 'kysely'
import type { ManagementTokensTable } from '../schema-people.ts'
import type { Schema } from '../schema.ts'
import { toNumber, toNumberOrNull } from './columns.ts'

/** Revoked tokens are kept for the audit and found by nothing here. */
export function tokenQueries(db: Kysely<Schema>): AdminQueries['tokens'] {
  const living = () => db.selectFrom('management_tokens').selectAll().where('revoked_at', 'is', null)
  return {
    async get(id) {
      const row = await living().where('id', '=', id).executeTakeFirst()
      return row && tokenOf(row)
    },
    async byHash(hash) {
      const row = await living().where('hash', '=', hash).executeTakeFirst()
      return row && tokenOf(row)
    },
    async list({ limit, before }, { organization }) {
      let query = living().orderBy('id', 'desc').limit(limit)
      if (before !== undefined) query = query.where('id', '<', before)
      if (organization !== undefined) query = query.where('organization_id', '=', organization)
      return (await query.execute()).map(tokenOf)
    },
  }
}

function tokenOf(row: Selectable<ManagementTokensTable>): TokenRow {
  return {
    id: row.id,
    name: row.name,
    hash: row.hash,
    lastFour: row.last_four,
    permissions: JSON.parse(row.scopes) as string[],
    organization: row.organization_id,
    member: row.member_id,
    expiresAt: toNumberOrNull(row.expires_at),
    createdAt: toNumber(row.created_at),
  }
}

export async function insertToken(db: Kysely<Schema>, row: TokenRow): Promise<void> {
  await db
    .insertInto('management_tokens')
    .values({
      id: row.id,
      name: row.name,
      hash: row.hash,
      last_four: row.lastFour,
      scopes: JSON.stringify(row.permissions),
      organization_id: row.organization,
      member_id: row.member,
      expires_at: row.expiresAt,
      revoked_at: null,
      created_at: row.createdAt,
    })
    .execute()
}

export async function revokeToken(db: Kysely<Schema>, id: string, at: number): Promise<void> {
  await db.updateTable('management_tokens').set({ revoked_at: at }).where('id', '=', id).execute()
}

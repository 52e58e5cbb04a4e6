import type { ApiOwnerQueries } from '@faregate/admin/ports-apis'
import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'

export function apiOwnerQueries(db: Kysely<Schema>): ApiOwnerQueries {
  return {
    async get(api) {
      const row = await db.selectFrom('api_owners').select('organization_id').where('api', '=', api).executeTakeFirst()
      return row?.organization_id
    },
    async of(organization) {
      const rows = await db.selectFrom('api_owners').select('api').where('organization_id', '=', organization).execute()
      return rows.map(({ api }) => api)
    },
  }
}

/** Gives a name to an organization, unless it has an owner; whether it had none. */
export async function claimApi(db: Kysely<Schema>, api: string, organization: string): Promise<boolean> {
  const inserted = await db
    .insertInto('api_owners')
    .values({ api, organization_id: organization })
    .onConflict((conflict) => conflict.column('api').doNothing())
    .executeTakeFirst()
  return inserted.numInsertedOrUpdatedRows === 1n
}

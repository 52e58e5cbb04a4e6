import type { AdminQueries } from '@faregate/admin/ports'
import type { TopUpRow } from '@faregate/admin/top-up-rows'
import type { Kysely, Selectable } from 'kysely'
import type { Schema } from '../schema.ts'
import type { TopUpsTable } from '../schema-top-ups.ts'
import { toNumber } from './columns.ts'

type Joined = Selectable<TopUpsTable> & { grant_id: string | null; reference: string | null; paid_at: bigint | null }

export function topUpQueries(db: Kysely<Schema>): AdminQueries['topUps'] {
  const joined = () =>
    db
      .selectFrom('top_ups')
      .leftJoin('top_up_ends', 'top_up_ends.top_up_id', 'top_ups.id')
      .selectAll('top_ups')
      .select(['top_up_ends.grant_id', 'top_up_ends.reference', 'top_up_ends.at as paid_at'])
  return {
    async get(id) {
      const row = await joined().where('top_ups.id', '=', id).executeTakeFirst()
      return row && topUpOf(row)
    },
    async list({ limit, before }, organization) {
      let query = joined().where('top_ups.organization_id', '=', organization).orderBy('top_ups.id', 'desc').limit(limit)
      if (before !== undefined) query = query.where('top_ups.id', '<', before)
      return (await query.execute()).map(topUpOf)
    },
  }
}

function topUpOf(row: Joined): TopUpRow {
  const { grant_id: grant, reference, paid_at: at } = row
  return {
    id: row.id,
    organization: row.organization_id,
    rail: row.rail,
    amount: row.amount,
    createdAt: toNumber(row.created_at),
    paid: grant === null || reference === null || at === null ? null : { grant, reference, at: toNumber(at) },
  }
}

/** False where there is one of this id already. */
export async function insertTopUp(db: Kysely<Schema>, row: Omit<TopUpRow, 'paid'>): Promise<boolean> {
  const { id, organization, rail, amount, createdAt } = row
  const result = await db
    .insertInto('top_ups')
    .values({ id, organization_id: organization, rail, amount, created_at: createdAt })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

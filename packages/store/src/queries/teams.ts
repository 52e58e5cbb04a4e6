import type { AdminQueries } from '@faregate/admin/ports'
import type { TeamRow } from '@faregate/admin/people-rows'
import type { Kysely, Selectable } from 'kysely'
import type { TeamsTable } from '../schema-people.ts'
import type { Schema } from '../schema.ts'
import { capColumns, capIn } from './caps.ts'
import { toNumber } from './columns.ts'

export function teamQueries(db: Kysely<Schema>): AdminQueries['teams'] {
  return {
    async get(id) {
      const row = await db.selectFrom('teams').selectAll().where('id', '=', id).executeTakeFirst()
      return row && teamOf(row)
    },
    async list({ limit, before }, { organization, team }) {
      let query = db.selectFrom('teams').selectAll().orderBy('id', 'desc').limit(limit)
      if (before !== undefined) query = query.where('id', '<', before)
      if (organization !== undefined) query = query.where('organization_id', '=', organization)
      if (team !== undefined) query = query.where('id', '=', team)
      return (await query.execute()).map(teamOf)
    },
  }
}

function teamOf(row: Selectable<TeamsTable>): TeamRow {
  const { id, organization_id: organization, name, cap_amount, cap_period, created_at } = row
  return { id, organization, name, cap: capIn(cap_amount, cap_period), createdAt: toNumber(created_at) }
}

export async function insertTeam(db: Kysely<Schema>, { id, organization, name, cap, createdAt }: TeamRow): Promise<void> {
  const values = { id, organization_id: organization, name, ...capColumns(cap), created_at: createdAt }
  await db.insertInto('teams').values(values).execute()
}

export async function updateTeam(db: Kysely<Schema>, id: string, { name, cap }: Pick<TeamRow, 'name' | 'cap'>): Promise<void> {
  await db
    .updateTable('teams')
    .set({ name, ...capColumns(cap) })
    .where('id', '=', id)
    .execute()
}

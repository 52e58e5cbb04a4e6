import type { AdminQueries } from '@faregate/admin/ports'
import type { MemberRow, RoleRow } from '@faregate/admin/people-rows'
import type { Kysely, Selectable } from 'kysely'
import type { MembersTable, RolesTable } from '../schema-people.ts'
import type { Schema } from '../schema.ts'
import { capColumns, capIn } from './caps.ts'
import { toNumber } from './columns.ts'

/** Those who have left are kept for the audit and found by nothing here. */
export function memberQueries(db: Kysely<Schema>): AdminQueries['members'] {
  const present = () => db.selectFrom('members').selectAll().where('removed_at', 'is', null)
  return {
    async get(id) {
      const row = await present().where('id', '=', id).executeTakeFirst()
      return row && memberOf(row)
    },
    async list({ limit, before }, { organization, team, email, role }) {
      let query = present().orderBy('id', 'desc').limit(limit)
      if (before !== undefined) query = query.where('id', '<', before)
      if (organization !== undefined) query = query.where('organization_id', '=', organization)
      if (team !== undefined) query = query.where('team_id', '=', team)
      if (email !== undefined) query = query.where('email', '=', email)
      if (role !== undefined) query = query.where('role', '=', role)
      return (await query.execute()).map(memberOf)
    },
    async outside(id, team) {
      const others = db.selectFrom('applications').where((eb) => eb.or([eb('team_id', 'is', null), eb('team_id', '!=', team)]))
      const { owned } = await others
        .where('owner_id', '=', id)
        .select((eb) => eb.fn.countAll<bigint>().as('owned'))
        .executeTakeFirstOrThrow()
      const { used } = await db
        .selectFrom('keys')
        .where('member_id', '=', id)
        .where('revoked_at', 'is', null)
        .where('application_id', 'in', others.select('id'))
        .select((eb) => eb.fn.countAll<bigint>().as('used'))
        .executeTakeFirstOrThrow()
      return { applications: toNumber(owned), keys: toNumber(used) }
    },
  }
}

export function roleQueries(db: Kysely<Schema>): AdminQueries['roles'] {
  return {
    async get(id) {
      const row = await db.selectFrom('roles').selectAll().where('id', '=', id).executeTakeFirst()
      return row && roleOf(row)
    },
    async list(organization) {
      const rows = await db.selectFrom('roles').selectAll().where('organization_id', '=', organization).orderBy('id').execute()
      return rows.map(roleOf)
    },
  }
}

function memberOf(row: Selectable<MembersTable>): MemberRow {
  const { id, organization_id: organization, team_id: team, name, email, role, cap_amount, cap_period, created_at } = row
  return { id, organization, name, email, role, team, cap: capIn(cap_amount, cap_period), createdAt: toNumber(created_at) }
}

function roleOf({ id, organization_id: organization, name, permissions, created_at }: Selectable<RolesTable>): RoleRow {
  return { id, organization, name, permissions: JSON.parse(permissions) as string[], createdAt: toNumber(created_at) }
}

export async function insertMember(db: Kysely<Schema>, row: MemberRow): Promise<void> {
  const { id, organization, name, email, role, team, cap, createdAt } = row
  const values = { id, organization_id: organization, name, email, role, team_id: team, ...capColumns(cap), created_at: createdAt }
  await db.insertInto('members').values(values).execute()
}

export async function updateMember(
  db: Kysely<Schema>,
  id: string,
  { cap, team, ...columns }: Pick<MemberRow, 'name' | 'role' | 'team' | 'cap'>,
): Promise<void> {
  await db
    .updateTable('members')
    .set({ ...columns, team_id: team, ...capColumns(cap) })
    .where('id', '=', id)
    .execute()
}

/** Ends a membership with all that rests on it; what the member owned is the successor's, or nobody's. */
export async function removeMember(db: Kysely<Schema>, id: string, successor: string | null, at: number): Promise<void> {
  await db.updateTable('members').set({ removed_at: at, team_id: null }).where('id', '=', id).execute()
  await db.updateTable('applications').set({ owner_id: successor }).where('owner_id', '=', id).execute()
  for (const table of ['management_tokens', 'keys'] as const) {
    await db.updateTable(table).set({ revoked_at: at }).where('member_id', '=', id).where('revoked_at', 'is', null).execute()
  }
}

export async function insertRole(db: Kysely<Schema>, { id, organization, name, permissions, createdAt }: RoleRow): Promise<void> {
  const values = { id, organization_id: organization, name, permissions: JSON.stringify(permissions), created_at: createdAt }
  await db.insertInto('roles').values(values).execute()
}

export async function updateRole(
  db: Kysely<Schema>,
  id: string,
  { name, permissions }: Pick<RoleRow, 'name' | 'permissions'>,
): Promise<void> {
  await db
    .updateTable('roles')
    .set({ name, permissions: JSON.stringify(permissions) })
    .where('id', '=', id)
    .execute()
}

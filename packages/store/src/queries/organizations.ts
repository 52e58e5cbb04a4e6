import type { AdminQueries, Paging } from '@faregate/admin/ports'
import type { ApplicationRow, OrganizationRow } from '@faregate/admin/rows'
import type { Kysely, Selectable } from 'kysely'
import type { ApplicationsTable, OrganizationsTable, Schema } from '../schema.ts'
import { toNumber } from './columns.ts'
import { limitsColumn, limitsOf } from './limits.ts'

export function organizationQueries(db: Kysely<Schema>): AdminQueries['organizations'] {
  return {
    async get(id) {
      const row = await db.selectFrom('organizations').selectAll().where('id', '=', id).executeTakeFirst()
      return row && organizationOf(row)
    },
    async list({ limit, before }: Paging, only?: string) {
      let query = db.selectFrom('organizations').selectAll().orderBy('id', 'desc').limit(limit)
      if (before !== undefined) query = query.where('id', '<', before)
      if (only !== undefined) query = query.where('id', '=', only)
      return (await query.execute()).map(organizationOf)
    },
  }
}

export function applicationQueries(db: Kysely<Schema>): AdminQueries['applications'] {
  return {
    async get(id) {
      const row = await db.selectFrom('applications').selectAll().where('id', '=', id).executeTakeFirst()
      return row && applicationOf(row)
    },
    async list({ limit, before }, { organization }) {
      let query = db.selectFrom('applications').selectAll().orderBy('id', 'desc').limit(limit)
      if (before !== undefined) query = query.where('id', '<', before)
      if (organization !== undefined) query = query.where('organization_id', '=', organization)
      return (await query.execute()).map(applicationOf)
    },
  }
}

function organizationOf(row: Selectable<OrganizationsTable>): OrganizationRow {
  return {
    id: row.id,
    name: row.name,
    currency: row.currency,
    zone: row.zone,
    overdraft: row.overdraft,
    limits: limitsOf(row),
    createdAt: toNumber(row.created_at),
  }
}

function applicationOf(row: Selectable<ApplicationsTable>): ApplicationRow {
  return { id: row.id, organization: row.organization_id, name: row.name, limits: limitsOf(row), createdAt: toNumber(row.created_at) }
}

export async function insertOrganization(db: Kysely<Schema>, row: OrganizationRow): Promise<void> {
  const { createdAt, limits, ...columns } = row
  await db
    .insertInto('organizations')
    .values({ ...columns, limits: limitsColumn(limits), created_at: createdAt })
    .execute()
}

export async function updateOrganization(
  db: Kysely<Schema>,
  id: string,
  { limits, ...columns }: Partial<Pick<OrganizationRow, 'name' | 'zone' | 'overdraft' | 'limits'>>,
): Promise<void> {
  const change = limits === undefined ? columns : { ...columns, limits: limitsColumn(limits) }
  await db.updateTable('organizations').set(change).where('id', '=', id).execute()
}

export async function insertApplication(db: Kysely<Schema>, row: ApplicationRow): Promise<void> {
  const values = {
    id: row.id,
    organization_id: row.organization,
    name: row.name,
    limits: limitsColumn(row.limits),
    created_at: row.createdAt,
  }
  await db.insertInto('applications').values(values).execute()
}

export async function updateApplication(
  db: Kysely<Schema>,
  id: string,
  { name, limits }: Pick<ApplicationRow, 'name' | 'limits'>,
): Promise<void> {
  await db
    .updateTable('applications')
    .set({ name, limits: limitsColumn(limits) })
    .where('id', '=', id)
    .execute()
}

import type { AdminQueries, OrganizationChange, Paging } from '@faregate/admin/ports'
import type { ApplicationRow, OrganizationRow } from '@faregate/admin/rows'
import type { Kysely, Selectable, Updateable } from 'kysely'
import type { ApplicationsTable, OrganizationsTable, Schema } from '../schema.ts'
import { capColumns, capIn } from './caps.ts'
import { toNumber } from './columns.ts'
import { openInvoiceMark } from './invoice-marks.ts'
import { limitsColumn, limitsOf } from './limits.ts'
import { termsColumns, termsOf } from './terms.ts'

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
    async list({ limit, before }, { organization, team, owner }) {
      let query = db.selectFrom('applications').selectAll().orderBy('id', 'desc').limit(limit)
      if (before !== undefined) query = query.where('id', '<', before)
      if (organization !== undefined) query = query.where('organization_id', '=', organization)
      if (team !== undefined) query = query.where('team_id', '=', team)
      if (owner !== undefined) query = query.where('owner_id', '=', owner)
      return (await query.execute()).map(applicationOf)
    },
  }
}

const NOBODY = { name: null, address: null, taxNumber: null }

function organizationOf(row: Selectable<OrganizationsTable>): OrganizationRow {
  return {
    id: row.id,
    name: row.name,
    currency: row.currency,
    zone: row.zone,
    overdraft: row.overdraft,
    limits: limitsOf(row),
    suspended: row.suspended_at === null ? null : { since: toNumber(row.suspended_at), reason: row.suspended_reason ?? '' },
    cap: capIn(row.cap_amount, row.cap_period),
    userCap: capIn(row.user_cap_amount, row.user_cap_period),
    tagCap: capIn(row.tag_cap_amount, row.tag_cap_period),
    ...termsOf(row),
    billing: { mode: row.billing_mode === 'arrears' ? 'arrears' : 'prepaid', creditLimit: row.credit_limit ?? 0n },
    billTo: row.bill_to === null ? NOBODY : (JSON.parse(row.bill_to) as OrganizationRow['billTo']),
    createdAt: toNumber(row.created_at),
  }
}

function applicationOf(row: Selectable<ApplicationsTable>): ApplicationRow {
  const { id, organization_id: organization, team_id: team, owner_id: owner, name, created_at: createdAt } = row
  return { id, organization, team, owner, name, limits: limitsOf(row), createdAt: toNumber(createdAt) }
}

export async function insertOrganization(db: Kysely<Schema>, row: OrganizationRow): Promise<void> {
  const { id, currency, createdAt, ...change } = row
  const columns = { id, name: row.name, currency, zone: row.zone, overdraft: row.overdraft, created_at: createdAt }
  await db
    .insertInto('organizations')
    .values({ ...columnsOf(change), ...columns })
    .execute()
  await openInvoiceMark(db, id, createdAt)
}

export async function updateOrganization(db: Kysely<Schema>, id: string, change: OrganizationChange): Promise<void> {
  const columns = columnsOf(change)
  if (Object.keys(columns).length === 0) return
  await db.updateTable('organizations').set(columns).where('id', '=', id).execute()
}

function columnsOf({
  limits,
  suspended,
  cap,
  userCap,
  tagCap,
  priceFactor,
  prices,
  disclosure,
  billing,
  billTo,
  ...columns
}: OrganizationChange): Updateable<OrganizationsTable> {
  return {
    ...columns,
    ...(limits === undefined ? {} : { limits: limitsColumn(limits) }),
    ...(suspended === undefined ? {} : { suspended_at: suspended?.since ?? null, suspended_reason: suspended?.reason ?? null }),
    ...(billing === undefined ? {} : { billing_mode: billing.mode, credit_limit: billing.creditLimit }),
    ...(billTo === undefined ? {} : { bill_to: JSON.stringify(billTo) }),
    ...(cap === undefined ? {} : capColumns(cap)),
    ...(userCap === undefined ? {} : { user_cap_amount: userCap?.amount ?? null, user_cap_period: userCap?.period ?? null }),
    ...(tagCap === undefined ? {} : { tag_cap_amount: tagCap?.amount ?? null, tag_cap_period: tagCap?.period ?? null }),
    ...termsColumns({ priceFactor, prices, disclosure }),
  }
}

export async function insertApplication(db: Kysely<Schema>, row: ApplicationRow): Promise<void> {
  const values = {
    id: row.id,
    organization_id: row.organization,
    team_id: row.team,
    owner_id: row.owner,
    name: row.name,
    limits: limitsColumn(row.limits),
    created_at: row.createdAt,
  }
  await db.insertInto('applications').values(values).execute()
}

export async function updateApplication(
  db: Kysely<Schema>,
  id: string,
  { name, team, owner, limits }: Pick<ApplicationRow, 'name' | 'team' | 'owner' | 'limits'>,
): Promise<void> {
  await db
    .updateTable('applications')
    .set({ name, team_id: team, owner_id: owner, limits: limitsColumn(limits) })
    .where('id', '=', id)
    .execute()
}

import type { AdminQueries } from '@faregate/admin/ports'
import type { NamedCapRow } from '@faregate/admin/people-rows'
import type { NamedCaps } from '@faregate/identity/named-caps'
import type { Kysely, Selectable } from 'kysely'
import type { NamedCapsTable } from '../schema-limits.ts'
import type { Schema } from '../schema.ts'
import { capIn } from './caps.ts'
import { toNumber } from './columns.ts'

export function namedCapQueries(db: Kysely<Schema>): AdminQueries['namedCaps'] {
  return {
    async get(organization, kind, name) {
      const row = await ofOrganization(db, organization).where('kind', '=', kind).where('name', '=', name).executeTakeFirst()
      return row && namedCapOf(row)
    },
    async list({ limit, before }, organization, kind) {
      let query = ofOrganization(db, organization).where('kind', '=', kind).orderBy('name', 'desc').limit(limit)
      if (before !== undefined) query = query.where('name', '<', before)
      return (await query.execute()).map(namedCapOf)
    },
    async count(organization) {
      const row = await ofOrganization(db, organization)
        .clearSelect()
        .select((eb) => eb.fn.countAll<bigint>().as('count'))
        .executeTakeFirstOrThrow()
      return Number(row.count)
    },
  }
}

/** The caps that an end user and tags have of their own. */
export async function capsOfNames(
  db: Kysely<Schema>,
  organization: string,
  user: string | null,
  tags: readonly string[],
): Promise<NamedCaps> {
  // PostgreSQL keeps no text with a zero byte, so nobody of that name has a cap.
  const users = user === null || user.includes('\u0000') ? [] : [user]
  const rows = await ofOrganization(db, organization)
    .where('kind', 'in', ['user', 'tag'])
    .where('name', 'in', [...users, ...tags, ''])
    .execute()
  const found = rows.map(namedCapOf)
  const own = found.find(({ kind, name }) => kind === 'user' && name === user)
  return {
    user: own?.cap ?? null,
    tags: tags.flatMap((tag) => found.filter(({ kind, name }) => kind === 'tag' && name === tag).map(({ cap }) => ({ tag, cap }))),
  }
}

function ofOrganization(db: Kysely<Schema>, organization: string) {
  return db.selectFrom('named_caps').selectAll().where('organization_id', '=', organization)
}

function namedCapOf(row: Selectable<NamedCapsTable>): NamedCapRow {
  const { organization_id: organization, kind, name, cap_amount, cap_period, created_at } = row
  const cap = capIn(cap_amount, cap_period) ?? { amount: 0n, period: 'total' as const }
  return { organization, kind: kind as NamedCapRow['kind'], name, cap, createdAt: toNumber(created_at) }
}

/** Sets the cap of a name, whether or not it has one. */
export async function putNamedCap(db: Kysely<Schema>, { organization, kind, name, cap, createdAt }: NamedCapRow): Promise<void> {
  const columns = { cap_amount: cap.amount, cap_period: cap.period }
  await db
    .insertInto('named_caps')
    .values({ organization_id: organization, kind, name, ...columns, created_at: createdAt })
    .onConflict((conflict) => conflict.columns(['organization_id', 'kind', 'name']).doUpdateSet(columns))
    .execute()
}

export async function deleteNamedCap(db: Kysely<Schema>, organization: string, kind: string, name: string): Promise<void> {
  await db.deleteFrom('named_caps').where('organization_id', '=', organization).where('kind', '=', kind).where('name', '=', name).execute()
}

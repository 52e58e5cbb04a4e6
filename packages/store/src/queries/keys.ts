import type { AdminQueries } from '@faregate/admin/ports'
import type { KeyRow } from '@faregate/admin/rows'
import type { Kysely, Selectable, Updateable } from 'kysely'
import type { KeysTable, Schema } from '../schema.ts'
import { capColumns, capIn } from './caps.ts'
import { toNumber, toNumberOrNull } from './columns.ts'
import { limitsColumn, limitsOf } from './limits.ts'

type KeyAndOwner = Selectable<KeysTable> & { organization_id: string; team_id: string | null }
type KeyChange = Partial<
  Pick<KeyRow, 'name' | 'state' | 'scopes' | 'addresses' | 'models' | 'apis' | 'cap' | 'limits' | 'expiresAt' | 'identity'>
>

export function keyQueries(db: Kysely<Schema>): AdminQueries['keys'] {
  const withOwner = () =>
    db
      .selectFrom('keys')
      .innerJoin('applications', 'applications.id', 'keys.application_id')
      .selectAll('keys')
      .select(['applications.organization_id', 'applications.team_id'])
  return {
    async get(id) {
      const row = await withOwner().where('keys.id', '=', id).executeTakeFirst()
      return row && keyOf(row)
    },
    async ofIdentity({ issuer, subject }) {
      const row = await withOwner()
        .where('keys.issuer', '=', issuer)
        .where('keys.subject', '=', subject)
        .where('keys.revoked_at', 'is', null)
        .executeTakeFirst()
      return row && keyOf(row)
    },
    async list({ limit, before }, { organization, team, application }) {
      let query = withOwner().orderBy('keys.id', 'desc').limit(limit)
      if (before !== undefined) query = query.where('keys.id', '<', before)
      if (organization !== undefined) query = query.where('applications.organization_id', '=', organization)
      if (team !== undefined) query = query.where('applications.team_id', '=', team)
      if (application !== undefined) query = query.where('keys.application_id', '=', application)
      return (await query.execute()).map(keyOf)
    },
  }
}

function keyOf(row: KeyAndOwner): KeyRow {
  return {
    id: row.id,
    application: row.application_id,
    organization: row.organization_id,
    team: row.team_id,
    name: row.name,
    hash: row.hash,
    lastFour: row.last_four,
    state: keyState(row),
    member: row.member_id,
    scopes: JSON.parse(row.scopes) as string[],
    models: namesIn(row.models),
    apis: namesIn(row.apis),
    cap: capIn(row.cap_amount, row.cap_period),
    addresses: namesIn(row.addresses),
    stage: row.stage === 'staging' ? 'staging' : 'production',
    capKey: row.cap_key_id ?? row.id,
    identity: row.issuer === null || row.subject === null ? null : { issuer: row.issuer, subject: row.subject },
    limits: limitsOf(row),
    expiresAt: toNumberOrNull(row.expires_at),
    lastUsedAt: toNumberOrNull(row.last_used_at),
    createdAt: toNumber(row.created_at),
  }
}

/** A list of names as its column holds it. */
export function namesIn(column: string | null): string[] | null {
  return column === null ? null : (JSON.parse(column) as string[])
}

/** Revoked is for good and goes before disabled. */
export function keyState(row: Pick<Selectable<KeysTable>, 'enabled' | 'revoked_at'>): KeyRow['state'] {
  if (row.revoked_at !== null) return 'revoked'
  return row.enabled === 1n ? 'active' : 'disabled'
}

export async function insertKey(db: Kysely<Schema>, row: KeyRow): Promise<void> {
  await db
    .insertInto('keys')
    .values({
      id: row.id,
      application_id: row.application,
      member_id: row.member,
      name: row.name,
      hash: row.hash,
      last_four: row.lastFour,
      scopes: JSON.stringify(row.scopes),
      models: row.models === null ? null : JSON.stringify(row.models),
      apis: row.apis === null ? null : JSON.stringify(row.apis),
      addresses: row.addresses === null ? null : JSON.stringify(row.addresses),
      stage: row.stage === 'staging' ? row.stage : null,
      cap_key_id: row.capKey === row.id ? null : row.capKey,
      ...capColumns(row.cap),
      limits: limitsColumn(row.limits),
      issuer: row.identity?.issuer ?? null,
      subject: row.identity?.subject ?? null,
      expires_at: row.expiresAt,
      enabled: row.state === 'disabled' ? 0 : 1,
      revoked_at: null,
      created_at: row.createdAt,
    })
    .execute()
}

/** `revoked` needs the time at which it happens. */
export async function updateKey(db: Kysely<Schema>, id: string, change: KeyChange, at: number): Promise<void> {
  const columns: Updateable<KeysTable> = {}
  if (change.name !== undefined) columns.name = change.name
  if (change.state === 'revoked') columns.revoked_at = at
  else if (change.state !== undefined) columns.enabled = change.state === 'active' ? 1 : 0
  if (change.scopes !== undefined) columns.scopes = JSON.stringify(change.scopes)
  if (change.models !== undefined) columns.models = change.models === null ? null : JSON.stringify(change.models)
  if (change.apis !== undefined) columns.apis = change.apis === null ? null : JSON.stringify(change.apis)
  if (change.addresses !== undefined) columns.addresses = change.addresses === null ? null : JSON.stringify(change.addresses)
  if (change.cap !== undefined) await updateCap(db, id, change.cap)
  if (change.limits !== undefined) columns.limits = limitsColumn(change.limits)
  if (change.identity !== undefined) Object.assign(columns, change.identity ?? { issuer: null, subject: null })
  if (change.expiresAt !== undefined) columns.expires_at = change.expiresAt
  if (Object.keys(columns).length === 0) return
  await db.updateTable('keys').set(columns).where('id', '=', id).execute()
}

/** Of all keys that count against the same cap. */
async function updateCap(db: Kysely<Schema>, id: string, cap: KeyRow['cap']): Promise<void> {
  const key = await db.selectFrom('keys').select('cap_key_id').where('id', '=', id).executeTakeFirst()
  const root = key?.cap_key_id ?? id
  await db
    .updateTable('keys')
    .set(capColumns(cap))
    .where((eb) => eb.or([eb('id', '=', root), eb('cap_key_id', '=', root)]))
    .execute()
}

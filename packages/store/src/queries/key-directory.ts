import type { KeyEntry } from '@faregate/identity/key-entry'
import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'
import { toNumberOrNull } from './columns.ts'
import { keyCap, keyState } from './keys.ts'
import { limitsInForce } from './limits.ts'

/**
 * Finds the key with a hash, with the application and organization that own it; `undefined` where there is none.
 * Revoked and disabled keys are found too: the caller is told which it is. Rejects when the database does not answer.
 */
export async function keyByHash(db: Kysely<Schema>, hash: string): Promise<KeyEntry | undefined> {
  const row = await db
    .selectFrom('keys')
    .innerJoin('applications', 'applications.id', 'keys.application_id')
    .innerJoin('organizations', 'organizations.id', 'applications.organization_id')
    .selectAll('keys')
    .select([
      'applications.name as application_name',
      'organizations.id as organization_id',
      'organizations.name as organization_name',
      'organizations.zone as organization_zone',
      'applications.limits as application_limits',
      'organizations.limits as organization_limits',
    ])
    .where('keys.hash', '=', hash)
    .executeTakeFirst()
  if (row === undefined) return undefined
  return {
    id: row.id,
    name: row.name,
    lastFour: row.last_four,
    state: keyState(row),
    expiresAt: toNumberOrNull(row.expires_at),
    scopes: JSON.parse(row.scopes) as string[],
    models: row.models === null ? null : (JSON.parse(row.models) as string[]),
    cap: keyCap(row),
    ...limitsInForce(
      row,
      { id: row.application_id, limits: row.application_limits },
      { id: row.organization_id, limits: row.organization_limits },
    ),
    application: { id: row.application_id, name: row.application_name },
    organization: { id: row.organization_id, name: row.organization_name, zone: row.organization_zone },
  }
}

import { isTopUpFailure } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity/key-entry'
import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'
import { capIn } from './caps.ts'
import { toNumberOrNull } from './columns.ts'
import { keyState, namesIn } from './keys.ts'
import { limitsInForce } from './limits.ts'
import { termsInForce } from './terms.ts'

/**
 * Finds the key with a hash, with the application and organization that own it; `undefined` where there is none.
 * Revoked and disabled keys are found too: the caller is told which it is. Rejects when the database does not answer.
 */
export async function keyByHash(db: Kysely<Schema>, hash: string): Promise<KeyEntry | undefined> {
  const row = await rows(db).where('keys.hash', '=', hash).executeTakeFirst()
  return row && entryOf(row)
}

/** What names a key and is none: its id, or for whom it stands. */
export type KeyReference = { id: string } | { issuer: string; subject: string }

/** The same by a reference. Of several that stand for somebody, all but one are revoked. */
export async function keyByReference(db: Kysely<Schema>, reference: KeyReference): Promise<KeyEntry | undefined> {
  const named =
    'id' in reference
      ? rows(db).where('keys.id', '=', reference.id)
      : rows(db)
          .where('keys.issuer', '=', reference.issuer)
          .where('keys.subject', '=', reference.subject)
          .orderBy((eb) => eb('keys.revoked_at', 'is not', null))
          .orderBy('keys.id', 'desc')
          .limit(1)
  const row = await named.executeTakeFirst()
  return row && entryOf(row)
}

type KeyAndOwners = NonNullable<Awaited<ReturnType<ReturnType<typeof rows>['executeTakeFirst']>>>

function entryOf(row: KeyAndOwners): KeyEntry {
  return {
    id: row.id,
    name: row.name,
    lastFour: row.last_four,
    state: keyState(row),
    expiresAt: toNumberOrNull(row.expires_at),
    scopes: JSON.parse(row.scopes) as string[],
    addresses: namesIn(row.addresses),
    models: namesIn(row.models),
    apis: namesIn(row.apis),
    ...(row.stage === 'staging' ? { stage: row.stage } : {}),
    cap: capIn(row.cap_amount, row.cap_period),
    capKey: row.cap_key_id ?? row.id,
    ...limitsInForce(
      row,
      { id: row.application_id, limits: row.application_limits },
      { id: row.organization_id, limits: row.organization_limits },
    ),
    application: { id: row.application_id, name: row.application_name },
    team:
      row.team_id === null ? null : { id: row.team_id, name: row.team_name ?? '', cap: capIn(row.team_cap_amount, row.team_cap_period) },
    member: memberIn(row),
    organization: {
      id: row.organization_id,
      name: row.organization_name,
      zone: row.organization_zone,
      suspended: row.suspended_at === null ? null : (row.suspended_reason ?? ''),
      cap: capIn(row.organization_cap_amount, row.organization_cap_period),
      userCap: capIn(row.user_cap_amount, row.user_cap_period),
      tagCap: capIn(row.tag_cap_amount, row.tag_cap_period),
      namedCaps: row.named_caps !== null,
      ...methodIn(row),
      ...(isTopUpFailure(row.top_up_state) ? { topUpFailed: row.top_up_state } : {}),
      ...termsInForce(row),
      ...(row.billing_mode === 'arrears' ? { creditLimit: row.credit_limit ?? 0n } : {}),
    },
  }
}

/** Whether it has a payment method that can be charged. */
function methodIn({ method_verified: verified }: { method_verified: bigint | null }): Pick<KeyEntry['organization'], 'paymentMethod'> {
  return verified === null ? {} : { paymentMethod: verified === 1n ? 'ready' : 'unverified' }
}

function memberIn(row: KeyAndOwners): KeyEntry['member'] {
  const { member_id: id, member_name: name, member_role: role, member_team: team, role_permissions: permissions } = row
  if (id === null || name === null || role === null) return null
  const cap = capIn(row.member_cap_amount, row.member_cap_period)
  return { id, name, cap, role, team, permissions: namesIn(permissions) }
}

function rows(db: Kysely<Schema>) {
  return db
    .selectFrom('keys')
    .innerJoin('applications', 'applications.id', 'keys.application_id')
    .innerJoin('organizations', 'organizations.id', 'applications.organization_id')
    .leftJoin('teams', 'teams.id', 'applications.team_id')
    .leftJoin('members', 'members.id', 'keys.member_id')
    .leftJoin('roles', 'roles.id', 'members.role')
    .leftJoin('auto_top_ups', 'auto_top_ups.organization_id', 'organizations.id')
    .selectAll('keys')
    .select([
      'applications.name as application_name',
      'organizations.id as organization_id',
      'organizations.name as organization_name',
      'organizations.zone as organization_zone',
      'applications.limits as application_limits',
      'organizations.limits as organization_limits',
      'organizations.suspended_at',
      'organizations.suspended_reason',
      'organizations.billing_mode',
      'organizations.credit_limit',
      'organizations.cap_amount as organization_cap_amount',
      'organizations.cap_period as organization_cap_period',
      'organizations.user_cap_amount',
      'organizations.user_cap_period',
      'organizations.tag_cap_amount',
      'organizations.tag_cap_period',
      'organizations.price_factor',
      'organizations.prices',
      'organizations.disclosure',
      'members.name as member_name',
      'members.role as member_role',
      'members.team_id as member_team',
      'members.cap_amount as member_cap_amount',
      'members.cap_period as member_cap_period',
      'roles.permissions as role_permissions',
      'auto_top_ups.state as top_up_state',
      'applications.team_id',
      'teams.name as team_name',
      'teams.cap_amount as team_cap_amount',
      'teams.cap_period as team_cap_period',
    ])
    .select((eb) =>
      eb.selectFrom('named_caps').select('kind').whereRef('named_caps.organization_id', '=', 'organizations.id').limit(1).as('named_caps'),
    )
    .select((eb) =>
      eb
        .selectFrom('payment_methods')
        .select((of) => of.fn.max('verified').as('verified'))
        .whereRef('payment_methods.organization_id', '=', 'organizations.id')
        .as('method_verified'),
    )
}

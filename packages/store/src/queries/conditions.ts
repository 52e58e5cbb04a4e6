import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Schema } from '../schema.ts'
import { toNumber } from './columns.ts'

export interface LowBalance {
  organization: string
  balance: bigint
}

/** What is left on a wallet, of a row of `accounts`: what requests in flight hold counts as still there, what has expired does not. */
export function balanceAt(now: number): RawBuilder<bigint> {
  return sql<bigint>`accounts.granted - accounts.expired - accounts.posted - coalesce((
    SELECT cast(sum(lots.granted - lots.posted - lots.held - lots.expired - lots.reversed) AS bigint)
    FROM lots WHERE lots.account = accounts.id AND open = 1 AND lots.expires_at <= ${BigInt(now)}), 0)`
}

/**
 * Organizations, or the one, that have had credit and whose balance is below a threshold. What requests in flight hold
 * counts as still there; credit that has expired does not, whether or not it was swept.
 */
export async function balancesBelow(
  db: Kysely<Schema>,
  organization: string | null,
  threshold: bigint,
  now: number,
): Promise<LowBalance[]> {
  const only = organization === null ? sql`` : sql`AND organizations.id = ${organization}`
  const { rows } = await sql<LowBalance>`
    SELECT organization, balance FROM (
      SELECT organizations.id AS organization, ${balanceAt(now)} AS balance
      FROM organizations JOIN accounts ON accounts.id = 'wallet:' || organizations.id
      WHERE EXISTS (SELECT 1 FROM lots WHERE lots.account = accounts.id) ${only}) AS wallets
    WHERE balance < ${threshold}`.execute(db)
  return rows
}

export interface ExpiringKey {
  organization: string
  key: string
  name: string
  lastFour: string
  expiresAt: number
}

/** Keys that can be used and end between now and a moment. */
export async function expiringKeys(db: Kysely<Schema>, organization: string | null, now: number, until: number): Promise<ExpiringKey[]> {
  let query = db
    .selectFrom('keys')
    .innerJoin('applications', 'applications.id', 'keys.application_id')
    .select(['keys.id', 'keys.name', 'keys.last_four', 'keys.expires_at', 'applications.organization_id'])
    .where('keys.revoked_at', 'is', null)
    .where('keys.enabled', '=', 1n)
    .where('keys.expires_at', '>', BigInt(now))
    .where('keys.expires_at', '<=', BigInt(until))
  if (organization !== null) query = query.where('applications.organization_id', '=', organization)
  return (await query.execute()).map(({ id, name, last_four: lastFour, expires_at: at, organization_id: owner }) => ({
    organization: owner,
    key: id,
    name,
    lastFour,
    expiresAt: toNumber(at ?? 0n),
  }))
}

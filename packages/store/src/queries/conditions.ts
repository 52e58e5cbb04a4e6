import { capOfKey } from '@faregate/core'
import { spanOf } from '@faregate/ledger/period'
import type { Period } from '@faregate/ledger/types'
import { sql, type Kysely } from 'kysely'
import type { Schema } from '../schema.ts'
import { toNumber } from './columns.ts'

/** SQLite takes some thousands of values in one statement. */
const CHUNK = 500

export interface LowBalance {
  organization: string
  balance: bigint
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
      SELECT organizations.id AS organization, granted - expired - posted - coalesce((
        SELECT cast(sum(lots.granted - lots.posted - lots.held - lots.expired - lots.reversed) AS bigint)
        FROM lots WHERE lots.account = accounts.id AND open = 1 AND lots.expires_at <= ${BigInt(now)}), 0) AS balance
      FROM organizations JOIN accounts ON accounts.id = 'wallet:' || organizations.id
      WHERE EXISTS (SELECT 1 FROM lots WHERE lots.account = accounts.id) ${only}) AS wallets
    WHERE balance < ${threshold}`.execute(db)
  return rows
}

export interface UsedCap {
  organization: string
  key: string
  lastFour: string
  period: Period
  /** The account of the running period. */
  account: string
  limit: bigint
  /** Charged: what requests in flight hold may return. */
  used: bigint
}

/** The caps of keys in their running periods, where anything of them is used. */
export async function usedCaps(db: Kysely<Schema>, organization: string | null, now: number): Promise<UsedCap[]> {
  let query = db
    .selectFrom('keys')
    .innerJoin('applications', 'applications.id', 'keys.application_id')
    .innerJoin('organizations', 'organizations.id', 'applications.organization_id')
    .select(['keys.id', 'keys.cap_key_id', 'keys.last_four', 'keys.cap_amount', 'keys.cap_period'])
    .select(['organizations.id as organization', 'organizations.zone'])
    .where('keys.revoked_at', 'is', null)
    .where('keys.cap_amount', 'is not', null)
    // Of keys that were rotated and share a cap, the newest stands for it.
    .orderBy('keys.id')
  if (organization !== null) query = query.where('organizations.id', '=', organization)
  const caps = new Map<string, UsedCap>()
  for (const row of await query.execute()) {
    const period = row.cap_period as Period
    const account = `${capOfKey(row.cap_key_id ?? row.id)}@${spanOf(period, row.zone, now).start}`
    const limit = row.cap_amount ?? 0n
    caps.set(account, { organization: row.organization, key: row.id, lastFour: row.last_four, period, account, limit, used: 0n })
  }
  for (const { id, posted } of await accountsOf(db, [...caps.keys()])) {
    const cap = caps.get(id)
    if (cap !== undefined) cap.used = posted
  }
  return [...caps.values()].filter(({ used }) => used > 0n)
}

async function accountsOf(db: Kysely<Schema>, ids: string[]) {
  const found: { id: string; posted: bigint }[] = []
  for (let from = 0; from < ids.length; from += CHUNK) {
    const some = ids.slice(from, from + CHUNK)
    found.push(...(await db.selectFrom('accounts').select(['id', 'posted']).where('id', 'in', some).execute()))
  }
  return found
}

/** Keys whose cap has refused a request since a moment. */
export async function keysRefusedByCap(db: Kysely<Schema>, since: number): Promise<Set<string>> {
  const rows = await db
    .selectFrom('denials')
    .select('key_id')
    .distinct()
    .where('at', '>=', BigInt(since))
    .where('code', '=', 'cap_key')
    .where('key_id', 'is not', null)
    .execute()
  return new Set(rows.map(({ key_id: key }) => key ?? ''))
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

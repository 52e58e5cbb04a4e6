import { capOfKey, capOfMember, capOfOrganization, capOfTag, capOfTeam, capOfUser } from '@faregate/core'
import { nameDigest } from '@faregate/ledger/name-digest'
import { spanOf } from '@faregate/ledger/period'
import type { Period } from '@faregate/ledger/types'
import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'

/** SQLite takes some thousands of values in one statement. */
const CHUNK = 500
/** So many end users are looked at who called just now. */
const MOST_USERS = 5_000

/** A spend cap in its running period. */
export interface UsedCap {
  organization: string
  /** Whose it is; the end user and the tag by name. */
  cap: 'key' | 'member' | 'user' | 'tag' | 'team' | 'org'
  id: string
  /** What people know it by, beside that. */
  label: string
  period: Period
  /** The account of the running period. */
  account: string
  limit: bigint
  /** Charged: what requests in flight hold may return. */
  used: bigint
}

interface Look {
  db: Kysely<Schema>
  /** Null: every one. */
  organization: string | null
  now: number
  /** From when on the end users who called are looked for. */
  since: number
}

type Found = Omit<UsedCap, 'account' | 'used'> & { base: string; zone: string }

/** The caps in their running periods, where anything of them is used. Those that every end user and every tag has: of the ones that called just now. */
export async function usedCaps(db: Kysely<Schema>, organization: string | null, now: number, since: number): Promise<UsedCap[]> {
  const look = { db, organization, now, since }
  const lists = await Promise.all([
    keyCaps(look),
    memberCaps(look),
    teamCaps(look),
    organizationCaps(look),
    namedCaps(look),
    userCaps(look),
    tagCaps(look),
  ])
  const caps = new Map<string, UsedCap>()
  // The first that names an account stands for it: who has a cap of its own comes before all.
  for (const { base, zone, ...cap } of lists.flat()) {
    const account = `${base}@${spanOf(cap.period, zone, now).start}`
    if (!caps.has(account)) caps.set(account, { ...cap, account, used: 0n })
  }
  for (const { id, posted } of await accountsOf(db, [...caps.keys()])) {
    const cap = caps.get(id)
    if (cap !== undefined) cap.used = posted
  }
  return [...caps.values()].filter(({ used }) => used > 0n)
}

/** Of keys that were rotated and share a cap, the newest stands for it. */
async function keyCaps({ db, organization }: Look): Promise<Found[]> {
  let query = db
    .selectFrom('keys')
    .innerJoin('applications', 'applications.id', 'keys.application_id')
    .innerJoin('organizations', 'organizations.id', 'applications.organization_id')
    .select(['keys.id', 'keys.cap_key_id', 'keys.last_four', 'keys.cap_amount', 'keys.cap_period'])
    .select(['organizations.id as organization', 'organizations.zone'])
    .where('keys.revoked_at', 'is', null)
    .where('keys.cap_amount', 'is not', null)
    .orderBy('keys.id', 'desc')
  if (organization !== null) query = query.where('organizations.id', '=', organization)
  return (await query.execute()).map((row) => ({
    ...shared(row),
    cap: 'key',
    id: row.id,
    label: row.last_four,
    base: capOfKey(row.cap_key_id ?? row.id),
  }))
}

async function memberCaps({ db, organization }: Look): Promise<Found[]> {
  let query = db
    .selectFrom('members')
    .innerJoin('organizations', 'organizations.id', 'members.organization_id')
    .select(['members.id', 'members.name', 'members.cap_amount', 'members.cap_period'])
    .select(['organizations.id as organization', 'organizations.zone'])
    .where('members.removed_at', 'is', null)
    .where('members.cap_amount', 'is not', null)
  if (organization !== null) query = query.where('organizations.id', '=', organization)
  return (await query.execute()).map((row) => ({ ...shared(row), cap: 'member', id: row.id, label: row.name, base: capOfMember(row.id) }))
}

async function teamCaps({ db, organization }: Look): Promise<Found[]> {
  let query = db
    .selectFrom('teams')
    .innerJoin('organizations', 'organizations.id', 'teams.organization_id')
    .select(['teams.id', 'teams.name', 'teams.cap_amount', 'teams.cap_period'])
    .select(['organizations.id as organization', 'organizations.zone'])
    .where('teams.cap_amount', 'is not', null)
  if (organization !== null) query = query.where('organizations.id', '=', organization)
  return (await query.execute()).map((row) => ({ ...shared(row), cap: 'team', id: row.id, label: row.name, base: capOfTeam(row.id) }))
}

async function organizationCaps({ db, organization }: Look): Promise<Found[]> {
  let query = db
    .selectFrom('organizations')
    .select(['id as organization', 'name', 'zone', 'cap_amount', 'cap_period'])
    .where('cap_amount', 'is not', null)
  if (organization !== null) query = query.where('id', '=', organization)
  return (await query.execute()).map((row) => ({
    ...shared(row),
    cap: 'org',
    id: row.organization,
    label: row.name,
    base: capOfOrganization(row.organization),
  }))
}

async function namedCaps({ db, organization }: Look): Promise<Found[]> {
  let query = db
    .selectFrom('named_caps')
    .innerJoin('organizations', 'organizations.id', 'named_caps.organization_id')
    .select(['named_caps.kind', 'named_caps.name', 'named_caps.cap_amount', 'named_caps.cap_period'])
    .select(['organizations.id as organization', 'organizations.zone'])
  if (organization !== null) query = query.where('organizations.id', '=', organization)
  return (await query.execute()).map((row) => ({
    ...shared(row),
    cap: row.kind === 'user' ? 'user' : 'tag',
    id: row.name,
    label: row.name,
    base: (row.kind === 'user' ? capOfUser : capOfTag)(row.organization, nameDigest(row.name)),
  }))
}

/** The names of end users are nowhere but in the requests that they make. */
async function userCaps({ db, organization, since }: Look): Promise<Found[]> {
  const any = await db.selectFrom('organizations').select('id').where('user_cap_amount', 'is not', null).limit(1).executeTakeFirst()
  if (any === undefined) return []
  let query = db
    .selectFrom('requests')
    .innerJoin('organizations', 'organizations.id', 'requests.organization_id')
    .select(['requests.end_user', 'organizations.user_cap_amount as cap_amount', 'organizations.user_cap_period as cap_period'])
    .select(['organizations.id as organization', 'organizations.zone'])
    .distinct()
    .where('requests.at', '>=', BigInt(since))
    .where('requests.end_user', 'is not', null)
    .where('organizations.user_cap_amount', 'is not', null)
    .limit(MOST_USERS)
  if (organization !== null) query = query.where('organizations.id', '=', organization)
  return (await query.execute()).map((row) => {
    const name = row.end_user ?? ''
    return { ...shared(row), cap: 'user', id: name, label: name, base: capOfUser(row.organization, nameDigest(name)) }
  })
}

/** The same of tags, which a request names separated by commas. */
async function tagCaps({ db, organization, since }: Look): Promise<Found[]> {
  const any = await db.selectFrom('organizations').select('id').where('tag_cap_amount', 'is not', null).limit(1).executeTakeFirst()
  if (any === undefined) return []
  let query = db
    .selectFrom('requests')
    .innerJoin('organizations', 'organizations.id', 'requests.organization_id')
    .select(['requests.tags', 'organizations.tag_cap_amount as cap_amount', 'organizations.tag_cap_period as cap_period'])
    .select(['organizations.id as organization', 'organizations.zone'])
    .distinct()
    .where('requests.at', '>=', BigInt(since))
    .where('requests.tags', 'is not', null)
    .where('organizations.tag_cap_amount', 'is not', null)
    .limit(MOST_USERS)
  if (organization !== null) query = query.where('organizations.id', '=', organization)
  return (await query.execute()).flatMap((row) =>
    (row.tags ?? '').split(',').map((name): Found => {
      const base = capOfTag(row.organization, nameDigest(name))
      return { ...shared(row), cap: 'tag', id: name, label: name, base }
    }),
  )
}

function shared(row: { organization: string; zone: string; cap_amount: bigint | null; cap_period: string | null }) {
  return { organization: row.organization, zone: row.zone, limit: row.cap_amount ?? 0n, period: row.cap_period as Period }
}

async function accountsOf(db: Kysely<Schema>, ids: string[]) {
  const found: { id: string; posted: bigint; resets_at: bigint | null }[] = []
  for (let from = 0; from < ids.length; from += CHUNK) {
    const some = ids.slice(from, from + CHUNK)
    found.push(...(await db.selectFrom('accounts').select(['id', 'posted', 'resets_at']).where('id', 'in', some).execute()))
  }
  return found
}

/** Those of the accounts whose period has not passed. */
export async function runningAccounts(db: Kysely<Schema>, ids: string[], now: number): Promise<Set<string>> {
  const found = await accountsOf(db, ids)
  return new Set(found.filter(({ resets_at: end }) => end === null || end > BigInt(now)).map(({ id }) => id))
}

/** Whose caps have refused a request since a moment: `level organization id`, as refusals name them. */
export async function refusedByCaps(db: Kysely<Schema>, since: number): Promise<Set<string>> {
  const rows = await db
    .selectFrom('denials')
    .select(['organization_id', 'key_id', 'code', 'problem'])
    .where('at', '>=', BigInt(since))
    .where('code', 'in', ['cap_key', 'cap_user', 'cap_tag', 'cap_team', 'cap_org'])
    .orderBy('at', 'desc')
    .limit(MOST_USERS)
    .execute()
  return new Set(
    rows.map(({ code, key_id: key, ...row }) => `${row.organization_id ?? ''} ${code === 'cap_key' ? `key ${key}` : scopeIn(row.problem)}`),
  )
}

function scopeIn(problem: string): string {
  const { scope } = JSON.parse(problem) as { scope?: { level?: string; id?: string } }
  return `${scope?.level ?? ''} ${scope?.id ?? ''}`
}

/** What {@link refusedByCaps} calls a cap: a member's is one of a user. */
export function capName({ organization, cap, id }: Pick<UsedCap, 'organization' | 'cap' | 'id'>): string {
  return `${organization} ${cap === 'member' ? 'user' : cap} ${id}`
}

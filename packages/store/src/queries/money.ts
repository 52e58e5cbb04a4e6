import { walletOf } from '@faregate/core'
import type { AdminQueries } from '@faregate/admin/ports'
import type { EntryRow, GrantRow } from '@faregate/admin/rows'
import { decodeLegs } from '@faregate/ledger/codec'
import { sql, type Kysely, type RawBuilder, type Selectable } from 'kysely'
import type { EntriesTable, LotsTable, Schema } from '../schema.ts'
import { toNumber, toNumberOrNull } from './columns.ts'

type LotAndReason = Selectable<LotsTable> & { terms: string | null; at: bigint | null }
type Terms = EntryRow['terms']

/** Reads balances for people: without lock or effect, never for a decision. */
export function moneyQueries(db: Kysely<Schema>): AdminQueries['money'] {
  return {
    balance: (organization, now) => readBalance(db, walletOf(organization), now),
    async capAccounts(prefix, now) {
      const rows = await db
        .selectFrom('accounts')
        .select('id')
        .where('id', '>=', prefix)
        .where('id', '<', `${prefix}~`)
        .where('kind', '=', 'cap')
        .where((eb) => eb.or([eb('resets_at', 'is', null), eb('resets_at', '>', BigInt(now))]))
        .execute()
      return rows.map(({ id }) => id)
    },
    async grant(id) {
      const row = await lotsWithReason(db).where('lots.id', '=', id).executeTakeFirst()
      return row && grantOf(row)
    },
    async grants({ limit, before }, organization) {
      let query = lotsWithReason(db).where('lots.account', '=', walletOf(organization)).orderBy('lots.seq', 'desc').limit(limit)
      if (before !== undefined) query = query.where('lots.seq', '<', toSeq(before))
      return (await query.execute()).map(grantOf)
    },
    async entry(id) {
      const row = await db.selectFrom('entries').selectAll().where('id', '=', id).executeTakeFirst()
      return row && entryOf(row)
    },
    entries: (paging, filter) => listEntries(db, paging, filter),
  }
}

/** A cursor is a sequence number; text that is none finds nothing. */
function toSeq(cursor: string): bigint {
  return /^\d{1,18}$/.test(cursor) ? BigInt(cursor) : 0n
}

/** All is one snapshot: lots that have expired are taken from the same state as the sums. */
async function readBalance(
  db: Kysely<Schema>,
  account: string,
  now: number,
): Promise<Awaited<ReturnType<AdminQueries['money']['balance']>>> {
  const row = await db
    .selectFrom('accounts')
    .select(['granted', 'expired', 'posted', 'held', 'overdraft', 'credit_limit'])
    .select([
      ofExpired(db, account, now, sql`granted - posted - held - expired - reversed`).as('unswept'),
      ofExpired(db, account, now, sql`held`).as('lapsed'),
    ])
    .where('id', '=', account)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { granted, posted, held, overdraft } = row
  const expired = row.expired + (row.unswept ?? 0n)
  return { granted, posted, held, lapsed: row.lapsed ?? 0n, overdraft, expired, creditLimit: row.credit_limit }
}

/** A sum over the lots of a wallet that have expired. */
function ofExpired(db: Kysely<Schema>, account: string, now: number, what: RawBuilder<unknown>) {
  return db
    .selectFrom('lots')
    .select(sql<bigint | null>`cast(sum(${what}) as bigint)`.as('sum'))
    .where('account', '=', account)
    .where('open', '=', 1n)
    .where('expires_at', '<=', BigInt(now))
}

function lotsWithReason(db: Kysely<Schema>) {
  return db.selectFrom('lots').leftJoin('entries', 'entries.id', 'lots.id').selectAll('lots').select(['entries.terms', 'entries.at'])
}

function grantOf(row: LotAndReason): GrantRow {
  const reason = row.terms === null ? undefined : (JSON.parse(row.terms) as Terms)['reason']
  return {
    id: row.id,
    organization: row.account.slice(walletOf('').length),
    seq: row.seq,
    amount: row.granted,
    priority: toNumber(row.priority),
    expiresAt: toNumberOrNull(row.expires_at),
    posted: row.posted,
    held: row.held,
    expired: row.expired,
    reversed: row.reversed,
    reason: typeof reason === 'string' ? reason : '',
    at: toNumber(row.at ?? 0n),
  }
}

async function listEntries(
  db: Kysely<Schema>,
  { limit, before }: { limit: number; before?: string | undefined },
  filter: { organization?: string | undefined; request?: string | undefined },
): Promise<EntryRow[]> {
  let query = db.selectFrom('entries').selectAll().orderBy('seq', 'desc').limit(limit)
  if (before !== undefined) query = query.where('seq', '<', toSeq(before))
  if (filter.request !== undefined) query = query.where('request', '=', filter.request)
  if (filter.organization !== undefined) query = query.where('legs', 'like', legPattern(walletOf(filter.organization)))
  return (await query.execute()).map(entryOf)
}

/** Entries have no index by account (it would be paid for by every hold), so this scans from the newest. */
function legPattern(account: string): string {
  return `%["${account.replaceAll(/[\\%_]/g, '_')}",%`
}

function entryOf(row: Selectable<EntriesTable>): EntryRow {
  return {
    seq: row.seq,
    id: row.id,
    kind: row.kind,
    request: row.request,
    at: toNumber(row.at),
    legs: decodeLegs(row.legs).map(({ account, unit, amount, field }) => ({ account, unit, amount, field })),
    terms: JSON.parse(row.terms) as Terms,
    memo: JSON.parse(row.memo) as Record<string, unknown>,
  }
}

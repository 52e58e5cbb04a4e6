import { walletOf } from '@faregate/core'
import type { InvoiceQueries } from '@faregate/admin/ports-invoices'
import { decodeLegs } from '@faregate/ledger/codec'
import { sql, type Kysely } from 'kysely'
import type { Schema } from '../schema.ts'

/** Kinds of entries that move the balance of a wallet; holds reserve, and come back as what they became. */
const MOVING = ['post', 'excess', 'charge', 'refund', 'grant', 'reverse', 'expire']

/** In the words of the index over them, without which it is not used. */
const CREDIT = sql<boolean>`kind IN ('grant', 'reverse', 'refund', 'expire')`

export async function invoicedEntries(
  db: Kysely<Schema>,
  after: bigint,
  through: bigint,
  limit: number,
): ReturnType<InvoiceQueries['entries']> {
  const rows = await db
    .selectFrom('entries as e')
    .leftJoin('entries as h', (join) => join.on('h.id', '=', sql<string>`e.request || '.0'`))
    .select(['e.seq', 'e.id', 'e.kind', 'e.legs', 'e.terms', 'e.memo', 'h.memo as held'])
    .where('e.seq', '>', after)
    .where('e.seq', '<=', through)
    .where('e.kind', 'in', MOVING)
    .orderBy('e.seq')
    .limit(limit)
    .execute()
  return rows.map(({ legs, terms, ...row }) => ({
    ...row,
    legs: decodeLegs(legs),
    terms: JSON.parse(terms) as Record<string, unknown>,
  }))
}

/** Entries have no index by time, which holds would pay for: their times follow their numbers, so it is found by halving. */
export async function lastBefore(db: Kysely<Schema>, time: number): Promise<bigint> {
  const newest = await db.selectFrom('entries').select(['seq', 'at']).orderBy('seq', 'desc').limit(1).executeTakeFirst()
  if (newest === undefined || newest.at < BigInt(time)) return newest?.seq ?? 0n
  let before = 0n
  let after = newest.seq
  while (after - before > 1n) {
    const middle = (before + after) / 2n
    const found = await db.selectFrom('entries').select('at').where('seq', '>=', middle).orderBy('seq').limit(1).executeTakeFirst()
    if (found !== undefined && found.at < BigInt(time)) before = middle
    else after = middle
  }
  return before
}

export async function receivedSince(db: Kysely<Schema>, organization: string, after: bigint): Promise<bigint> {
  const wallet = walletOf(organization)
  const rows = await db
    .selectFrom('entries')
    .select('legs')
    .where('seq', '>', after)
    .where(CREDIT)
    .where('legs', 'like', `%["${wallet.replaceAll(/[\\%_]/g, '_')}",%`)
    .execute()
  const own = rows.flatMap(({ legs }) => decodeLegs(legs)).filter(({ account, field }) => account === wallet && field !== 'held')
  return own.reduce((sum, { amount }) => sum + amount, 0n)
}

import { decodeLegs, encodeLegs } from '@faregate/ledger/codec'
import type { AccountState, Entry, Lot } from '@faregate/ledger/working-set'

/** A row as an array, in the order of the column lists here; what both engines bind and read. */
export type Row = (string | bigint | number | null)[]

export const ENTRY_COLUMNS = 'seq, id, kind, request, at, instance, legs, terms, memo'
export const ACCOUNT_COLUMNS =
  'id, unit, kind, granted, expired, posted, held, overdraft, credit_limit, debt, held_on_credit, resets_at, entries'
export const LOT_COLUMNS = 'id, account, seq, priority, expires_at, granted, posted, held, expired, reversed, open'

export type EntryTuple = [bigint, string, string, string | null, bigint, bigint | null, string, string, string]
export type AccountTuple = [string, string, string, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint | null, bigint]
export type LotTuple = [string, string, bigint, bigint, bigint | null, bigint, bigint, bigint, bigint, bigint, bigint]

export function entryFromRow(row: EntryTuple): Entry {
  const [seq, id, kind, request, at, instance, legs, terms, memo] = row
  return {
    seq,
    id,
    kind: kind as Entry['kind'],
    request,
    at: Number(at),
    instance: instance === null ? null : Number(instance),
    legs: decodeLegs(legs),
    terms: JSON.parse(terms) as Entry['terms'],
    memo,
  }
}

export function entryToRow(entry: Entry): Row {
  const row: Row = []
  pushEntry(row, entry)
  return row
}

/** Adds an entry's values to those of a statement that inserts many. */
export function pushEntry(values: Row, { seq, id, kind, request, at, instance, legs, terms, memo }: Entry): void {
  values.push(seq, id, kind, request, at, instance, encodeLegs(legs), JSON.stringify(terms), memo)
}

export function accountFromRow(row: AccountTuple): AccountState {
  const [id, unit, kind, granted, expired, posted, held, overdraft, creditLimit, debt, heldOnCredit, resetsAt, entries] = row
  return {
    id,
    unit,
    kind: kind as AccountState['kind'],
    granted,
    expired,
    posted,
    held,
    overdraft,
    creditLimit,
    debt,
    heldOnCredit,
    resetsAt: resetsAt === null ? null : Number(resetsAt),
    entries,
  }
}

export function accountToRow(a: AccountState): Row {
  return [
    a.id,
    a.unit,
    a.kind,
    a.granted,
    a.expired,
    a.posted,
    a.held,
    a.overdraft,
    a.creditLimit,
    a.debt,
    a.heldOnCredit,
    a.resetsAt,
    a.entries,
  ]
}

export function lotFromRow(row: LotTuple): Lot {
  const [id, account, seq, priority, expiresAt, granted, posted, held, expired, reversed] = row
  return {
    id,
    account,
    seq,
    priority: Number(priority),
    expiresAt: expiresAt === null ? null : Number(expiresAt),
    granted,
    posted,
    held,
    expired,
    reversed,
  }
}

export function lotToRow(lot: Lot): Row {
  const open = lot.granted - lot.posted - lot.expired - lot.reversed > 0n ? 1 : 0
  return [lot.id, lot.account, lot.seq, lot.priority, lot.expiresAt, lot.granted, lot.posted, lot.held, lot.expired, lot.reversed, open]
}

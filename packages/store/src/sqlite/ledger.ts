import { accountsOf, decideBatch, entryIds, lotIds, requestsOf } from '@faregate/ledger/machine'
import type { BatchItem } from '@faregate/ledger/port'
import type { Operation, Outcome } from '@faregate/ledger/types'
import type { AccountState, Changes, Entry, Lot, WorkingSet } from '@faregate/ledger/working-set'
import {
  ACCOUNT_COLUMNS, ENTRY_COLUMNS, LOT_COLUMNS, accountFromRow, accountToRow, entryFromRow, entryToRow, lotFromRow, lotToRow,
  type AccountTuple, type EntryTuple, type LotTuple,
} from '../ledger-rows.ts'
import { AttachedRows } from './attached-rows.ts'
import type { Sqlite } from './connection.ts'

/** Decides ledger batches and writes them, by statements prepared once. Runs in the writer's thread. */
export class SqliteLedger {
  readonly #db: Sqlite
  readonly #sql: ReturnType<typeof prepare>
  readonly #attached: AttachedRows

  constructor(db: Sqlite) {
    this.#db = db
    this.#sql = prepare(db)
    this.#attached = new AttachedRows(db)
  }

  /** One transaction: read under the write lock, decide, write, commit. Throws SQLite's errors; nothing is written then. */
  commit(items: BatchItem[], now: number): Outcome[] {
    this.#sql.begin.run()
    try {
      const outcomes = this.decide(items, now)
      this.#sql.commit.run()
      return outcomes
    } catch (error) {
      if (this.#db.inTransaction) this.#sql.rollback.run()
      throw error
    }
  }

  /** The same within a transaction that is open, which the caller commits. */
  decide(items: BatchItem[], now: number): Outcome[] {
    const batch = items.map((item) => item.operation)
    const { outcomes, changes } = decideBatch(this.#load(batch, now), batch)
    this.#write(changes)
    this.#attach(items, outcomes)
    return outcomes
  }

  #load(batch: Operation[], now: number): WorkingSet {
    const entries = this.#loadEntries(batch)
    const { lock, create } = accountsOf(batch, entries, now)
    const accounts = this.#loadAccounts(lock, create)
    const lots = this.#loadLots(accounts, lotIds(batch, entries))
    const nextSeq = (this.#sql.counter.get() as bigint) + 1n
    return { now, accounts, lots, entries, nextSeq }
  }

  #loadEntries(batch: Operation[]): Map<string, Entry> {
    const entries = new Map<string, Entry>()
    for (const id of entryIds(batch)) {
      if (entries.has(id)) continue
      const row = this.#sql.entry.get(id) as EntryTuple | undefined
      if (row !== undefined) entries.set(id, entryFromRow(row))
    }
    for (const request of requestsOf(batch)) {
      // Holds, settle and excess have ids that begin with the request's; refunds name it.
      const rows = this.#sql.entriesOfRequest.all(`${request}.`, `${request}/`, request) as EntryTuple[]
      for (const row of rows) entries.set(row[1], entryFromRow(row))
    }
    return entries
  }

  #loadAccounts(ids: string[], create: AccountState[]): Map<string, AccountState> {
    const accounts = new Map<string, AccountState>()
    for (const account of create) accounts.set(account.id, account)
    for (const id of ids) {
      const row = this.#sql.account.get(id) as AccountTuple | undefined
      if (row !== undefined) accounts.set(id, accountFromRow(row))
    }
    return accounts
  }

  #loadLots(accounts: Map<string, AccountState>, ids: string[]): Map<string, Lot[]> {
    const lots = new Map<string, Lot[]>()
    const known = new Set<string>()
    const add = (row: LotTuple): void => {
      const lot = lotFromRow(row)
      if (known.has(lot.id)) return
      known.add(lot.id)
      const others = lots.get(lot.account)
      if (others === undefined) lots.set(lot.account, [lot])
      else others.push(lot)
    }
    for (const account of accounts.values()) {
      if (account.kind === 'wallet') for (const row of this.#sql.openLots.all(account.id) as LotTuple[]) add(row)
    }
    for (const id of ids) {
      const row = this.#sql.lot.get(id) as LotTuple | undefined
      if (row !== undefined) add(row)
    }
    return lots
  }

  #write(changes: Changes): void {
    const last = changes.entries.at(-1)
    if (last !== undefined) this.#sql.setCounter.run(last.seq)
    for (const entry of changes.entries) this.#sql.insertEntry.run(entryToRow(entry))
    for (const account of changes.accounts) this.#sql.putAccount.run(accountToRow(account))
    for (const lot of changes.lots) this.#sql.putLot.run(lotToRow(lot))
  }

  #attach(items: BatchItem[], outcomes: Outcome[]): void {
    for (const [index, item] of items.entries()) {
      if (item.attach === undefined || outcomes[index]?.status !== 'ok') continue
      for (const row of item.attach) this.#attached.insert(row)
    }
  }
}

function prepare(db: Sqlite) {
  const accountChanges = ACCOUNT_COLUMNS.split(', ').filter((column) => !['id', 'unit', 'kind'].includes(column))
  const lotChanges = ['posted', 'held', 'expired', 'reversed', 'open']
  return {
    begin: db.prepare('BEGIN IMMEDIATE'),
    commit: db.prepare('COMMIT'),
    rollback: db.prepare('ROLLBACK'),
    counter: db.prepare(`SELECT value FROM counters WHERE name = 'entry'`).pluck(),
    setCounter: db.prepare(`UPDATE counters SET value = ? WHERE name = 'entry'`),
    entry: db.prepare(`SELECT ${ENTRY_COLUMNS} FROM entries WHERE id = ?`).raw(),
    entriesOfRequest: db
      .prepare(
        `SELECT ${ENTRY_COLUMNS} FROM entries WHERE id >= ? AND id < ? UNION ` +
          `SELECT ${ENTRY_COLUMNS} FROM entries WHERE request = ? AND kind IN ('refund', 'excess', 'expire')`,
      )
      .raw(),
    account: db.prepare(`SELECT ${ACCOUNT_COLUMNS} FROM accounts WHERE id = ?`).raw(),
    openLots: db.prepare(`SELECT ${LOT_COLUMNS} FROM lots WHERE account = ? AND open = 1`).raw(),
    lot: db.prepare(`SELECT ${LOT_COLUMNS} FROM lots WHERE id = ?`).raw(),
    insertEntry: db.prepare(`INSERT INTO entries (${ENTRY_COLUMNS}) VALUES (${marks(9)})`),
    putAccount: db.prepare(
      `INSERT INTO accounts (${ACCOUNT_COLUMNS}) VALUES (${marks(13)}) ON CONFLICT (id) DO UPDATE SET ${excluded(accountChanges)}`,
    ),
    putLot: db.prepare(
      `INSERT INTO lots (${LOT_COLUMNS}) VALUES (${marks(11)}) ON CONFLICT (id) DO UPDATE SET ${excluded(lotChanges)}`,
    ),
  }
}

function marks(count: number): string {
  return Array(count).fill('?').join(', ')
}

function excluded(columns: string[]): string {
  return columns.map((column) => `${column} = excluded.${column}`).join(', ')
}

import { accountsOf, decideBatch, entryIds, lotIds } from '@faregate/ledger/machine'
import type { BatchItem } from '@faregate/ledger/port'
import type { Operation, Outcome } from '@faregate/ledger/types'
import type { AccountState, Changes, Entry, Lot, WorkingSet } from '@faregate/ledger/working-set'
import {
  accountFromRow,
  accountToRow,
  entryFromRow,
  entryToRow,
  pushEntry,
  lotFromRow,
  lotToRow,
  type AccountTuple,
  type EntryTuple,
  type LotTuple,
  type Row,
} from '../ledger-rows.ts'
import { AttachedRows } from './attached-rows.ts'
import type { Sqlite } from './connection.ts'
import { prepareLedger, ROWS_AT_ONCE } from './ledger-statements.ts'
import { OpenRequests } from '../open-requests.ts'

/** What a batch was decided to write, and which of its requests had no entry before. */
interface Decision {
  outcomes: Outcome[]
  changes: Changes
  fresh: Set<string>
}

/** Decides ledger batches and writes them, by statements prepared once. Runs in the writer's thread. */
export class SqliteLedger {
  readonly #db: Sqlite
  readonly #sql: ReturnType<typeof prepareLedger>
  readonly #attached: AttachedRows
  readonly #open = new OpenRequests()

  constructor(db: Sqlite) {
    this.#db = db
    this.#sql = prepareLedger(db)
    this.#attached = new AttachedRows(db)
  }

  /** One transaction: read under the write lock, decide, write, commit. Throws SQLite's errors; nothing is written then. */
  commit(items: BatchItem[], now: number): Outcome[] {
    this.#sql.begin.run()
    try {
      const { outcomes, changes, fresh } = this.#decide(items, now)
      this.#sql.commit.run()
      this.#open.committed(changes.entries, fresh)
      return outcomes
    } catch (error) {
      if (this.#db.inTransaction) this.#sql.rollback.run()
      throw error
    }
  }

  /** The same within a transaction that the caller commits; after {@link forget} where it has changed entries by itself. */
  decide(items: BatchItem[], now: number): Outcome[] {
    return this.#decide(items, now).outcomes
  }

  /** Entries have been changed beside this ledger. */
  forget(): void {
    this.#open.clear()
  }

  #decide(items: BatchItem[], now: number): Decision {
    const batch = items.map((item) => item.operation)
    const { entries, fresh } = this.#loadEntries(batch)
    const { outcomes, changes } = decideBatch(this.#load(batch, entries, now), batch)
    this.#write(changes)
    this.#attach(items, outcomes)
    return { outcomes, changes, fresh }
  }

  #load(batch: Operation[], entries: Map<string, Entry>, now: number): WorkingSet {
    const { lock, create } = accountsOf(batch, entries, now)
    const accounts = this.#loadAccounts(lock, create)
    const lots = this.#loadLots(accounts, lotIds(batch, entries))
    const nextSeq = (this.#sql.counter.get() as bigint) + 1n
    return { now, accounts, lots, entries, nextSeq }
  }

  #loadEntries(batch: Operation[]): { entries: Map<string, Entry>; fresh: Set<string> } {
    const entries = new Map<string, Entry>()
    const fresh = new Set<string>()
    for (const operation of batch) {
      if (operation.type === 'refund') this.#loadRefunded(operation.request, entries)
      const whole = operation.type === 'settle' || (operation.type === 'hold' && operation.slice === 0)
      const known = operation.type === 'hold' || whole ? this.#open.entriesOf(operation.request) : undefined
      if (known !== undefined) for (const entry of known) entries.set(entry.id, entry)
      else if (whole) this.#loadRequest(operation.request, entries, fresh)
      else for (const id of entryIds([operation])) this.#loadEntry(id, entries)
    }
    return { entries, fresh }
  }

  #loadEntry(id: string, entries: Map<string, Entry>): void {
    if (entries.has(id)) return
    const row = this.#sql.entry.get(id) as EntryTuple | undefined
    if (row !== undefined) entries.set(id, entryFromRow(row))
  }

  /** Holds, settle and excess have ids that begin with the request's: one look finds them all. */
  #loadRequest(request: string, entries: Map<string, Entry>, fresh: Set<string>): void {
    const rows = this.#sql.entriesBetween.all(`${request}.`, `${request}/`) as EntryTuple[]
    if (rows.length === 0) fresh.add(request)
    for (const row of rows) entries.set(row[1], entryFromRow(row))
  }

  /** Refunds of a request have ids of their own. */
  #loadRefunded(request: string, entries: Map<string, Entry>): void {
    this.#loadRequest(request, entries, new Set())
    for (const row of this.#sql.entriesBeside.all(request) as EntryTuple[]) entries.set(row[1], entryFromRow(row))
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
    const { entries } = changes
    const last = entries.at(-1)
    if (last !== undefined) this.#sql.setCounter.run(last.seq)
    let from = 0
    for (; from + ROWS_AT_ONCE <= entries.length; from += ROWS_AT_ONCE) {
      const values: Row = []
      for (let i = from; i < from + ROWS_AT_ONCE; i++) pushEntry(values, entries[i] as Entry)
      this.#sql.insertEntries.run(values)
    }
    for (const entry of entries.slice(from)) this.#sql.insertEntry.run(entryToRow(entry))
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

import type { BatchItem } from '../src/port.ts'
import type { Outcome, Violation } from '../src/types.ts'
import type { AccountRow, EntryRow, LotRow, RecordRow, Transaction } from './auditor/shapes.ts'

/** A database that processes of a simulated world share; in memory, or a real one. */
export interface Database {
  /** The silence after which an instance is dead (M23); null: one process at a time, dead when the next one starts. */
  readonly silentMs: number | null
  /** Milliseconds since the epoch, by the database's own clock; for the next transaction. */
  now(): number
  /** Sets that clock forward or back. */
  moveClock(ms: number): void
  /** Commits at the same time are decided in an order that it does not tell. */
  readonly concurrent: boolean
  /** It answers nothing until it is back. */
  readonly away: boolean
  setAway(away: boolean): Promise<void>
  /** A process joins: it is registered, and lives from now on. `step` is where it may be interrupted. */
  join(step: Step): Promise<Member>
  /** The balances as they stand; undefined while nobody can read them. */
  books(): Promise<{ accounts: Iterable<AccountRow>; lots: Iterable<LotRow> } | undefined>
  remains(): Promise<{ entries: EntryRow[]; accounts: AccountRow[]; lots: LotRow[]; records: RecordRow[] }>
  /** What the product's own verification says. */
  verify(): Promise<Violation[]>
  /** Ends what was left behind half-way; nobody is a member any more. */
  close(): Promise<void>
}

export type Step = (label: string) => Promise<void>

/** A process that has joined. */
export interface Member {
  readonly epoch: number
  /** Begins a transaction, up to its locks. Rejects with `LedgerUnavailable`. */
  begin(batch: BatchItem[]): Promise<Begun>
  /** Says that it lives. */
  beat(): Promise<void>
  /** Resolves what dead instances left. */
  recover(): Promise<void>
  /** Takes a record, off the request path. */
  record(record: RecordRow): void
  /** Writes the records that were taken. */
  flush(): Promise<void>
  /** Ends in order, with no transaction on its way. */
  leave(): Promise<void>
  /** Is killed, `during` transactions that are on their way. */
  kill(during: Begun[]): Promise<void>
}

export interface Begun {
  batch: BatchItem[]
  /** Takes the locks, decides, writes, commits. */
  commit(): Promise<Outcome[]>
  /** Its connection is lost; the server may commit it all the same, now or later. */
  orphan(): Promise<void>
}

/** Who wants to know what a database does. */
export interface Observer {
  decided(transaction: Transaction): void
  /** A transaction of which nobody knows whether it was committed; it was not committed later than this. */
  undecided(transaction: Omit<Transaction, 'answered'>): void
  /** An instance started, or said that it lives. */
  heard(instance: number, now: number): void
  /** An instance looks for dead ones. */
  looks(instance: number, now: number): void
}

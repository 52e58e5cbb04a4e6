import type { Clock } from '@faregate/core'
import type { Recorder } from '@faregate/gateway/record'
import type { LedgerEngine } from '@faregate/ledger/port'
import type { VerifyReport } from '@faregate/ledger/types'
import type { Kysely, Transaction } from 'kysely'
import type { Schema } from './schema.ts'

/** The database: one schema on SQLite (in the data directory) or PostgreSQL. */
export interface Store {
  kind: 'sqlite' | 'postgres'
  /** Decides and writes ledger batches. */
  engine: LedgerEngine
  /** For reading only; on SQLite a thread of its own. Sees everything that was committed before the query. */
  read: Kysely<Schema>
  /**
   * One transaction, serialised with ledger batches on SQLite: do nothing slow inside (it is rolled back after 5 s).
   * Rejects with what `work` threw, or with the database's error; nothing is written then.
   */
  write<T>(work: (trx: Transaction<Schema>) => Promise<T>): Promise<T>
  records: RecordWriter
  instance: Instance
  /** Recomputes every invariant of the ledger from its entries. */
  verify(): Promise<VerifyReport>
  /** Writes one SQLite file with everything, while running. The file must not exist. */
  backup(file: string): Promise<void>
  /** Replaces everything by a backup, while running; open holds in it are voided. */
  restore(file: string): Promise<void>
  /** Grows with every `bumpConfiguration`, and with a restore. */
  configurationVersion(): Promise<number>
  ready(): Promise<Readiness>
  /** Flushes the records, ends the instance in order, closes everything. */
  close(): Promise<void>
}

export interface Readiness {
  ok: boolean
  detail?: string
  /** How far the database's clock is ahead of this process's, in milliseconds; absent: it is the same. */
  clockAheadMs?: number
}

/** Takes records and never makes the caller wait; a full queue drops and counts. */
export interface RecordWriter extends Recorder {
  /** Records that wait. */
  readonly depth: number
  /** Records that were dropped since the start, because the queue was full or they could not be written. */
  readonly dropped: number
  /** Writes what was taken before the call; what a database that is away cannot take is tried again later. */
  flush(): Promise<void>
}

/** This process, as the database sees it (M23). */
export interface Instance {
  /** Larger than that of every process that was started before. Goes into `HoldOp.instance` and `SettleOp.instance`. */
  readonly epoch: number
  /**
   * The request is over and will write no record: its entries need not be looked at after a kill. Holds open and
   * records close requests by themselves; this is only for a request that held and is not recorded.
   */
  closed(request: string): void
  /** Resolves what dead instances left; the store does it on start and, on PostgreSQL, every few seconds. */
  recover(): Promise<RecoveryReport>
}

export interface RecoveryReport {
  instances: number
  posted: number
  voided: number
  records: number
}

export type Log = (level: 'info' | 'warn' | 'error', message: string, facts?: Record<string, unknown>) => void

export interface StoreOptions {
  /** The data directory: SQLite's files, the lock, backups before migrations. */
  directory: string
  /** PostgreSQL's URL; absent: SQLite in the directory. */
  databaseUrl?: string
  clock?: Clock
  log?: Log
  /** How long records are kept; money is kept for ever. */
  retention?: Partial<Retention>
  /** Records that may wait to be written (default 10,000). */
  recordQueue?: number
  /**
   * Names the root secret. The first start writes it down; later ones with another are refused ({@link StoreUnfit}),
   * because no key could be recognised and no sealed secret opened.
   */
  secretFingerprint?: string
  /** A PostgreSQL schema to live in (default `public`). */
  databaseSchema?: string
}

export interface Retention {
  /** Default 30 days. */
  maxAgeMs: number
  /** Default 5 GB. */
  maxBytes: number
}

/** Another process uses the data directory. */
export class StoreLocked extends Error {
  override readonly name = 'StoreLocked'
}

/** The database was written by a newer version of the program. */
export class StoreTooNew extends Error {
  override readonly name = 'StoreTooNew'
}

/** The database would lose what it confirmed, or cannot be used at all; the message says why and how to mend it. */
export class StoreUnfit extends Error {
  override readonly name = 'StoreUnfit'
}

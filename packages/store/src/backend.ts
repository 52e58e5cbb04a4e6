import type { BatchItem } from '@faregate/ledger/port'
import type { Outcome, VerifyReport } from '@faregate/ledger/types'
import type { Kysely, RawBuilder, Transaction } from 'kysely'
import type { Row } from './ledger-rows.ts'
import type { Schema } from './schema.ts'
import type { Readiness } from './store.ts'

/** What differs between the engines; everything else of the store is written once on top of it. */
export interface Backend {
  kind: 'sqlite' | 'postgres'
  read: Kysely<Schema>
  /** The database's own clock as an expression, in milliseconds. */
  now(): RawBuilder<bigint>
  /**
   * One ledger batch of an instance in one transaction. Rejects when the database does not decide, with
   * {@link InstanceFenced} where another instance has shut this one out, and with {@link InstanceBack} where `fenced` is not.
   */
  commit(items: BatchItem[], by: { epoch: number; fenced?: bigint | undefined }): Promise<Outcome[]>
  /** Batches that it takes before it has answered the first; it decides them in order. */
  depth: number
  write<T>(work: (trx: Transaction<Schema>) => Promise<T>): Promise<T>
  insertRecords(requests: Row[], denials: Row[]): Promise<void>
  verify(): Promise<VerifyReport>
  /** Writes one SQLite file that must not exist. */
  backup(file: string): Promise<void>
  /** Replaces everything by a SQLite file of this schema version. `epoch` resolves the holds that are open in it. */
  load(file: string, epoch: number): Promise<void>
  ready(): Promise<Readiness>
  /** Whether an error says that the database is away, busy or full, and not that the statement is wrong. */
  passing(error: unknown): boolean
  /** Instances that are silent for so long are dead; null: every other one is, and no more come while this one lives. */
  silentMs: number | null
  close(): Promise<void>
}

/** Another instance has taken this one for dead: it has to say that it lives before anything of it is decided. */
export class InstanceFenced extends Error {
  override readonly name = 'InstanceFenced'
}

/** The instance that is being recovered has said that it lives: what was read of it is out of date. */
export class InstanceBack extends Error {
  override readonly name = 'InstanceBack'
}

import { mkdirSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '@faregate/core'
import { LedgerUnavailable, type BatchItem } from '@faregate/ledger/port'
import type { Outcome, VerifyReport } from '@faregate/ledger/types'
import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely'
import type { Backend } from '../backend.ts'
import type { Row } from '../ledger-rows.ts'
import type { Schema } from '../schema.ts'
import type { Log, Readiness } from '../store.ts'
import { Turn } from '../turn.ts'
import { packItems, unpackOutcomes, type Parcel } from './batch-text.ts'
import { threadKysely } from './dialect.ts'
import type { Request, ThreadData } from './messages.ts'
import { packRows } from './row-text.ts'
import { Restarting, SqliteFailure, SqliteThread } from './thread.ts'

const WRITE_MS = 5_000
const FULL_DISK = 0.9

export interface SqliteOptions {
  directory: string
  clock: Clock
  log: Log
}

/** SQLite in two threads: one writes, one reads. Starting it locks and migrates the directory's database. */
export class SqliteBackend implements Backend {
  readonly kind = 'sqlite'
  readonly silentMs = null
  readonly depth = 2
  readonly read: Kysely<Schema>
  readonly #writing: Kysely<Schema>
  readonly #turn = new Turn()
  readonly #writer: Restarting
  readonly #reader: Restarting
  readonly #clock: Clock
  readonly #data: ThreadData
  #restoring = false

  private constructor(options: SqliteOptions, data: ThreadData, writer: SqliteThread, reader: SqliteThread) {
    this.#clock = options.clock
    this.#data = data
    this.#writer = new Restarting('writer', data, writer, options.log)
    this.#reader = new Restarting('reader', data, reader, options.log)
    this.read = threadKysely({
      writes: false,
      acquire: async () => ({ thread: await this.#reader.get(), release: () => undefined }),
    })
    this.#writing = threadKysely({
      writes: true,
      acquire: async () => {
        const release = await this.#turn.take()
        try {
          return { thread: await this.#writer.get(), release }
        } catch (error) {
          release()
          throw error
        }
      },
    })
  }

  /** Rejects with `StoreLocked` or `StoreTooNew`. */
  static async open(options: SqliteOptions): Promise<SqliteBackend> {
    const { directory, log } = options
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const data: ThreadData = { directory, file: join(directory, 'faregate.sqlite'), lockFile: join(directory, 'lock') }
    const { thread: writer, facts } = await SqliteThread.start('writer', data)
    if (facts['backup'] !== undefined) log('info', 'the database was backed up before its migration', facts)
    const { thread: reader } = await SqliteThread.start('reader', data)
    return new SqliteBackend(options, data, writer, reader)
  }

  now(): RawBuilder<bigint> {
    return sql`${BigInt(this.#clock.now())}`
  }

  /** Where nobody else writes, the batch is on its way when this returns: the caller goes on while it is decided. */
  async commit(items: BatchItem[]): Promise<Outcome[]> {
    if (this.#restoring) throw new LedgerUnavailable('a backup is being restored')
    return unpackOutcomes(await this.#post<Parcel<Outcome>>({ type: 'batch', now: this.#clock.now(), items: packItems(items) }))
  }

  write<T>(work: (trx: Transaction<Schema>) => Promise<T>): Promise<T> {
    return this.#writing.transaction().execute((trx) => within(WRITE_MS, work(trx)))
  }

  async insertRecords(requests: Row[], denials: Row[]): Promise<void> {
    await this.#post({ type: 'records', requests: packRows(requests), denials: packRows(denials) })
  }

  /** The thread answers in order, so that the turn ends with the question: only a transaction of several keeps it. */
  async #post<T>(request: Request): Promise<T> {
    const release = this.#turn.takeNow() ?? (await this.#turn.take())
    let answer: Promise<T>
    try {
      const writer = this.#writer.current ?? (await this.#writer.get())
      answer = writer.call<T>(request)
    } finally {
      release()
    }
    return answer
  }

  verify(): Promise<VerifyReport> {
    return this.#aside((reader) => reader.call<VerifyReport>({ type: 'verify' }))
  }

  async backup(file: string): Promise<void> {
    await this.#aside((reader) => reader.call({ type: 'backup', file }))
  }

  async load(file: string, epoch: number): Promise<void> {
    this.#restoring = true
    try {
      await this.#turn.run(async () => {
        const writer = await this.#writer.get()
        await writer.call({ type: 'load', file, epoch, now: this.#clock.now() })
      })
    } finally {
      this.#restoring = false
    }
  }

  async ready(): Promise<Readiness> {
    try {
      const writer = await this.#writer.get()
      // While a transaction is open, its own statements show whether the database answers.
      if (writer.depth === 0) await this.#turn.run(() => writer.call({ type: 'probe' }))
      const reader = await this.#reader.get()
      await reader.call({ type: 'sql', sql: 'SELECT 1', parameters: [] })
    } catch (error) {
      return { ok: false, detail: `SQLite: ${messageOf(error)}` }
    }
    const { blocks, bavail } = statfsSync(this.#data.directory)
    const used = 1 - bavail / blocks
    return used < FULL_DISK ? { ok: true } : { ok: true, detail: `the disk of the data directory is ${Math.floor(used * 100)} % full` }
  }

  passing(error: unknown): boolean {
    if (error instanceof LedgerUnavailable) return true
    return error instanceof SqliteFailure && !(error.code ?? '').startsWith('SQLITE_CONSTRAINT') && error.code !== undefined
  }

  async close(): Promise<void> {
    await this.#turn.run(async () => {
      await this.#reader.close()
      await this.#writer.close()
    })
  }

  /** Long reading gets a thread and a snapshot of its own, so that nobody waits behind it. */
  async #aside<T>(work: (reader: SqliteThread) => Promise<T>): Promise<T> {
    const { thread } = await SqliteThread.start('reader', this.#data)
    try {
      return await work(thread)
    } finally {
      await thread.close()
    }
  }
}

/** Fails what takes too long: the ledger waits meanwhile. */
async function within<T>(limit: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SqliteFailure(`a transaction took longer than ${limit} ms`, 'TRANSACTION_TIMEOUT')), limit)
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

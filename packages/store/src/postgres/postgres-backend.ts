import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { LedgerUnavailable, type BatchItem } from '@faregate/ledger/port'
import type { Outcome, VerifyReport } from '@faregate/ledger/types'
import { Kysely, PostgresDialect, sql, type RawBuilder, type Transaction } from 'kysely'
import type pg from 'pg'
import type { Backend } from '../backend.ts'
import type { Row } from '../ledger-rows.ts'
import { MIGRATIONS } from '../migrations/migration.ts'
import { OpenRequests } from '../open-requests.ts'
import type { Schema } from '../schema.ts'
import type { Log, Readiness } from '../store.ts'
import { checkServer, connectAside, connectLedger, createPool, type PostgresTarget } from './connect.ts'
import { copyIn } from './copy-in.ts'
import { copyOut } from './copy-out.ts'
import { isPassing } from './failures.ts'
import { decideOn } from './ledger.ts'
import { migrate } from './migrate.ts'
import { insertRecords } from './record-insert.ts'
import { verifyDatabase } from './verify.ts'

export interface PostgresOptions extends PostgresTarget {
  /** For backups before migrations. */
  directory: string
  log: Log
}

/** Silence after which an instance counts as dead (M23). */
const SILENT_MS = 30_000
const VERSION = MIGRATIONS.at(-1)?.number ?? 0

/** PostgreSQL: one connection for ledger batches, a pool for the rest. Any number of processes share it. */
export class PostgresBackend implements Backend {
  readonly kind = 'postgres'
  readonly silentMs = SILENT_MS
  readonly depth = 1
  readonly read: Kysely<Schema>
  readonly #target: PostgresTarget
  readonly #pool: pg.Pool
  #ledger: Promise<pg.Client> | undefined
  readonly #open = new OpenRequests()
  #restoring = false

  private constructor(target: PostgresTarget) {
    this.#target = target
    this.#pool = createPool(target)
    this.read = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: this.#pool }) })
  }

  /** Rejects with `StoreUnfit` or `StoreTooNew`. */
  static async open(options: PostgresOptions): Promise<PostgresBackend> {
    const client = await connectAside(options)
    try {
      await checkServer(client)
      await migrate(client, options.schema, async (version) => {
        const file = join(backupsIn(options.directory), `before-migration-from-${version}-${stamp()}.sqlite`)
        await aside(options, (other) => copyOut(other, file, version))
        options.log('info', 'the database was backed up before its migration', { backup: file })
      })
    } finally {
      await client.end()
    }
    return new PostgresBackend(options)
  }

  now(): RawBuilder<bigint> {
    return sql<bigint>`(extract(epoch FROM clock_timestamp()) * 1000)::bigint`
  }

  async commit(items: BatchItem[], by: { epoch: number; fenced?: bigint | undefined }): Promise<Outcome[]> {
    if (this.#restoring) throw new LedgerUnavailable('a backup is being restored')
    this.#ledger ??= connectLedger(this.#target)
    const connecting = this.#ledger
    try {
      const bounds = { begin: true, commit: true, epoch: by.epoch, fenced: by.fenced ?? null, open: this.#open }
      return await decideOn(await connecting, items, bounds)
    } catch (error) {
      // After a restore, which shuts every instance out, what was known may be gone.
      this.#open.clear()
      // The server rolls back what a lost connection began. Whether a COMMIT came through is not known: the queue sends
      // the same ids again.
      this.#ledger = undefined
      void connecting.then((client) => client.end()).catch(() => undefined)
      throw error
    }
  }

  /** Management transactions of all replicas come one after the other, as on SQLite. */
  write<T>(work: (trx: Transaction<Schema>) => Promise<T>): Promise<T> {
    return this.read.transaction().execute(async (trx) => {
      await sql`SELECT pg_advisory_xact_lock(4020262, hashtext(current_schema()))`.execute(trx)
      return work(trx)
    })
  }

  insertRecords(requests: Row[], denials: Row[]): Promise<void> {
    return insertRecords(this.#pool, requests, denials)
  }

  verify(): Promise<VerifyReport> {
    return aside(this.#target, verifyDatabase)
  }

  backup(file: string): Promise<void> {
    return aside(this.#target, (client) => copyOut(client, file, VERSION))
  }

  async load(file: string, epoch: number): Promise<void> {
    this.#restoring = true
    try {
      await aside(this.#target, (client) => copyIn(client, file, epoch))
    } finally {
      this.#open.clear()
      this.#restoring = false
    }
  }

  async ready(): Promise<Readiness> {
    try {
      const asked = Date.now()
      const { rows } = await this.#pool.query<{ now: number }>('SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now')
      const [row] = rows
      return { ok: true, ...(row === undefined ? {} : { clockAheadMs: clockAhead(row.now, asked, Date.now()) }) }
    } catch (error) {
      return { ok: false, detail: `PostgreSQL: ${error instanceof Error ? error.message : String(error)}` }
    }
  }

  passing(error: unknown): boolean {
    return error instanceof LedgerUnavailable || isPassing(error)
  }

  async close(): Promise<void> {
    await this.#ledger?.then((client) => client.end()).catch(() => undefined)
    await this.#pool.end()
  }
}

/** What the way there and back does not explain. */
function clockAhead(theirs: number, asked: number, answered: number): number {
  if (theirs < asked) return Math.round(theirs - asked)
  return Math.round(Math.max(0, theirs - answered))
}

/** Something long on a connection of its own. */
async function aside<T>(target: PostgresTarget, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connectAside(target)
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

function backupsIn(directory: string): string {
  const folder = join(directory, 'backups')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

function stamp(): string {
  return new Date().toISOString().replace(/[-:]/g, '').replace(/\..*/, '')
}

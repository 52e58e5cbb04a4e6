import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '@faregate/core'
import { Client, types } from 'pg'
import { createDatabase } from '../../../tests/support/postgres.ts'
import { openStore, type Store, type StoreOptions } from '../src/index.ts'
import { META_TABLE, MIGRATIONS, renderForPostgres } from '../src/migrations/migration.ts'

/** PostgreSQL for tests: where it is, or why it cannot be used. */
export const POSTGRES_URL = process.env['FAREGATE_TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres'
export const noPostgres: string | false = await reach()

async function reach(): Promise<string | false> {
  const client = new Client({ connectionString: POSTGRES_URL, connectionTimeoutMillis: 2_000 })
  try {
    await client.connect()
    await client.end()
    return false
  } catch (error) {
    const reason = `NO POSTGRESQL at ${POSTGRES_URL.replace(/:[^:@/]*@/, '@')} (${String(error)}): set FAREGATE_TEST_POSTGRES_URL`
    console.error(reason)
    return reason
  }
}

/** A clock that a test moves. */
export class TestClock implements Clock {
  time = Date.UTC(2026, 10, 22, 13)

  now(): number {
    return this.time
  }
}

export function temporaryDirectory(test?: Scope): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'faregate-store-'))
  const remove = (): void => rmSync(path, { recursive: true, force: true })
  test?.after(remove)
  return { path, remove }
}

/** A place for a store: a directory, and on PostgreSQL a schema of its own. `remove` takes both away. */
export interface Place {
  options: StoreOptions
  /** Runs SQL beside the store. */
  run(statement: string, parameters?: unknown[]): Promise<Record<string, unknown>[]>
  remove(): Promise<void>
}

export type Kind = 'sqlite' | 'postgres'
export const KINDS: Kind[] = ['sqlite', 'postgres']

export function skipOf(kind: Kind): string | false {
  return kind === 'postgres' ? noPostgres : false
}

async function place(kind: Kind): Promise<Place> {
  return kind === 'sqlite' ? sqlitePlace() : postgresPlace()
}

async function sqlitePlace(): Promise<Place> {
  const directory = temporaryDirectory()
  const { openConnection } = await import('../src/sqlite/connection.ts')
  return {
    options: { directory: directory.path },
    run: async (statement, parameters = []) => {
      const db = openConnection(join(directory.path, 'faregate.sqlite'), { readonly: false })
      // On a busy machine the store may sync for longer than a caller of the store would wait.
      db.pragma('busy_timeout = 30000')
      try {
        const prepared = db.prepare(statement)
        if (prepared.reader) return prepared.all(...parameters) as Record<string, unknown>[]
        prepared.run(...parameters)
        return []
      } finally {
        db.close()
      }
    },
    remove: async () => directory.remove(),
  }
}

async function postgresPlace(url = POSTGRES_URL): Promise<Place> {
  const directory = temporaryDirectory()
  const schema = `faregate_test_${randomBytes(6).toString('hex')}`
  const client = new Client({ connectionString: url })
  client.setTypeParser(types.builtins.INT8, BigInt)
  await client.connect()
  await client.query(`CREATE SCHEMA ${schema}; SET search_path TO ${schema}; SET client_min_messages TO warning`)
  return {
    options: { directory: directory.path, databaseUrl: url, databaseSchema: schema },
    run: async (statement, parameters = []) => {
      let index = 0
      const { rows } = await client.query<Record<string, unknown>>(
        statement.replaceAll('?', () => `$${++index}`),
        parameters,
      )
      return rows
    },
    remove: async () => {
      await client.query(`DROP SCHEMA ${schema} CASCADE`)
      await client.end()
      directory.remove()
    },
  }
}

/** What a test leaves behind is cleaned up however it ends. */
export interface Scope {
  after(work: () => Promise<void> | void): void
}

/** A place that is taken away when the test ends. */
export async function placeFor(test: Scope, kind: Kind): Promise<Place> {
  const where = await place(kind)
  test.after(() => where.remove())
  return where
}

/** Leaves an empty place as an earlier program did that knew the schema up to a version. */
export async function migrateTo(where: Place, kind: Kind, version: number): Promise<void> {
  const statements = MIGRATIONS.filter(({ number }) => number <= version).flatMap((migration) => migration.statements)
  for (const statement of [META_TABLE, ...statements]) await where.run(kind === 'postgres' ? renderForPostgres(statement) : statement)
  await where.run(`INSERT INTO meta (key, value) VALUES ('schema_version', '${version}')`)
}

/** Opens a store that is closed, at the latest, when the test ends. */
export async function openFor(test: Scope, options: StoreOptions): Promise<Store> {
  const store = await openStore(options)
  test.after(() => store.close())
  return store
}

/** A store in a PostgreSQL database of its own, for what changes more than a schema. */
export async function freshDatabase(): Promise<Fresh> {
  const database = await createDatabase()
  const fresh = await openIn(await postgresPlace(database.url))
  const close = async (): Promise<void> => {
    await fresh.close()
    await database.drop()
  }
  return { ...fresh, close }
}

/** A store in a place of its own; `close` closes it and takes the place away. */
export async function freshStore(kind: Kind, more: Partial<StoreOptions> = {}): Promise<Fresh> {
  return openIn(await place(kind), more)
}

async function openIn(where: Place, more: Partial<StoreOptions> = {}): Promise<Fresh> {
  const store = await openStore({ ...where.options, ...more })
  const close = async (): Promise<void> => {
    await store.close()
    await where.remove()
  }
  return { store, place: where, close }
}

export interface Fresh {
  store: Store
  place: Place
  close(): Promise<void>
}

/** The same, closed and taken away when the test ends. */
export async function freshStoreFor(test: Scope, kind: Kind, more: Partial<StoreOptions> = {}): Promise<Fresh> {
  const fresh = await freshStore(kind, more)
  test.after(fresh.close)
  return fresh
}

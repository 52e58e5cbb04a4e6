import {
  CompiledQuery,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
} from 'kysely'
import type { Schema } from '../schema.ts'
import type { SqlResult } from './messages.ts'
import type { SqliteThread } from './thread.ts'

/** Where a handle gets its thread from, and whether it may change anything. */
export interface ThreadSource {
  /** Waits for its turn, where there is one to wait for. */
  acquire(): Promise<{ thread: SqliteThread; release: () => void }>
  writes: boolean
}

/** A Kysely handle whose statements run in a thread. */
export function threadKysely(source: ThreadSource): Kysely<Schema> {
  return new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new ThreadDriver(source),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })
}

class ThreadDriver implements Driver {
  readonly #source: ThreadSource

  constructor(source: ThreadSource) {
    this.#source = source
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<ThreadConnection> {
    const { thread, release } = await this.#source.acquire()
    return new ThreadConnection(thread, release)
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    if (!this.#source.writes) throw new Error('the reading handle has no transactions')
    await connection.executeQuery(CompiledQuery.raw('BEGIN IMMEDIATE'))
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('COMMIT'))
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('ROLLBACK'))
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    if (connection instanceof ThreadConnection) connection.release()
  }

  async destroy(): Promise<void> {}
}

class ThreadConnection implements DatabaseConnection {
  readonly #thread: SqliteThread
  readonly #release: () => void
  #released = false

  constructor(thread: SqliteThread, release: () => void) {
    this.#thread = thread
    this.#release = release
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    // Work that goes on after its transaction has ended would write outside of any.
    if (this.#released) throw new Error('the transaction of this statement has ended')
    const { sql, parameters } = query
    const { rows, changes } = await this.#thread.call<SqlResult>({ type: 'sql', sql, parameters })
    return { rows: rows as R[], numAffectedRows: changes }
  }

  // eslint-disable-next-line require-yield -- the interface asks for a generator; nothing is streamed.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streaming is not supported; page through the rows')
  }

  release(): void {
    this.#released = true
    this.#release()
  }
}

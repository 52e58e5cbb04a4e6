import type Database from 'better-sqlite3'
import type { Sqlite } from './connection.ts'
import type { SqlResult } from './messages.ts'

const REMEMBERED = 200

/** Runs single statements, prepared once and remembered. */
export class Statements {
  readonly #db: Sqlite
  readonly #prepared = new Map<string, Database.Statement>()

  constructor(db: Sqlite) {
    this.#db = db
  }

  run(sql: string, parameters: readonly unknown[]): SqlResult {
    const statement = this.#prepare(sql)
    const values = parameters.map((value) => (typeof value === 'boolean' ? Number(value) : value))
    if (statement.reader) return { rows: statement.all(...values) as SqlResult['rows'], changes: 0n }
    return { rows: [], changes: BigInt(statement.run(...values).changes) }
  }

  #prepare(sql: string): Database.Statement {
    const known = this.#prepared.get(sql)
    if (known !== undefined) return known
    const statement = this.#db.prepare(sql)
    if (this.#prepared.size >= REMEMBERED) this.#prepared.clear()
    this.#prepared.set(sql, statement)
    return statement
  }
}

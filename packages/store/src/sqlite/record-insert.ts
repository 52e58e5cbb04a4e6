import type { Statement } from 'better-sqlite3'
import type { Row } from '../ledger-rows.ts'
import { DENIAL_COLUMNS, REQUEST_COLUMNS } from '../record-rows.ts'
import type { Sqlite } from './connection.ts'

/** Statements that are kept for one table; a row of yet another shape names all columns. */
const MOST_SHAPES = 64

/** Writes request and denial records in one transaction; a row that is there already is left alone. */
export class RecordInsert {
  readonly #insert: (requests: Row[], denials: Row[]) => void

  constructor(db: Sqlite) {
    const requests = new ShapedInsert(db, 'requests', REQUEST_COLUMNS)
    const denials = new ShapedInsert(db, 'denials', DENIAL_COLUMNS)
    const insert = db.transaction((requestRows: Row[], denialRows: Row[]) => {
      for (const row of requestRows) requests.run(row)
      for (const row of denialRows) denials.run(row)
    })
    this.#insert = (requestRows, denialRows) => insert.immediate(requestRows, denialRows)
  }

  insert(requests: Row[], denials: Row[]): void {
    this.#insert(requests, denials)
  }
}

/** Inserts rows of which most columns are null, naming only those that are not: binding a value costs as much as storing it. */
class ShapedInsert {
  readonly #db: Sqlite
  readonly #table: string
  readonly #columns: readonly string[]
  readonly #statements = new Map<number, Statement>()
  readonly #whole: Statement

  constructor(db: Sqlite, table: string, columns: readonly string[]) {
    this.#db = db
    this.#table = table
    this.#columns = columns
    this.#whole = this.#prepare(columns)
  }

  run(row: Row): void {
    const values: Row = []
    let shape = 0
    for (let i = 0; i < row.length; i++) {
      const value = row[i] ?? null
      if (value === null) continue
      values.push(value)
      // A sum of powers of two names up to 53 columns exactly.
      shape += 2 ** i
    }
    const statement = this.#statementFor(shape, row)
    if (statement === undefined) this.#whole.run(row)
    else statement.run(values)
  }

  #statementFor(shape: number, row: Row): Statement | undefined {
    const known = this.#statements.get(shape)
    if (known !== undefined || this.#statements.size >= MOST_SHAPES) return known
    const statement = this.#prepare(this.#columns.filter((_, index) => row[index] !== null))
    this.#statements.set(shape, statement)
    return statement
  }

  #prepare(columns: readonly string[]): Statement {
    const places = columns.map(() => '?').join(', ')
    return this.#db.prepare(`INSERT INTO ${this.#table} (${columns.join(', ')}) VALUES (${places}) ON CONFLICT (id) DO NOTHING`)
  }
}

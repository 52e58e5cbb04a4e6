import type { Statement } from 'better-sqlite3'
import { DENIAL_COLUMNS, REQUEST_COLUMNS, REQUEST_CONFLICT } from '../record-rows.ts'
import type { Sqlite } from './connection.ts'

/** Which columns it fills, as a sum of powers of two, then their values. */
export type ShapedRow = (string | number)[]

/** Statements that are kept for one table; for rows of yet other shapes they are made each time. */
const MOST_SHAPES = 64

/** Writes request and denial records in one transaction; a row that is there already stays, see {@link REQUEST_CONFLICT}. */
export class RecordInsert {
  readonly #insert: (requests: ShapedRow[], denials: ShapedRow[]) => void

  constructor(db: Sqlite) {
    const requests = new ShapedInsert(db, 'requests', REQUEST_COLUMNS, REQUEST_CONFLICT)
    const denials = new ShapedInsert(db, 'denials', DENIAL_COLUMNS, 'ON CONFLICT (id) DO NOTHING')
    const insert = db.transaction((requestRows: ShapedRow[], denialRows: ShapedRow[]) => {
      for (const row of requestRows) requests.run(row)
      for (const row of denialRows) denials.run(row)
    })
    this.#insert = (requestRows, denialRows) => insert.immediate(requestRows, denialRows)
  }

  insert(requests: ShapedRow[], denials: ShapedRow[]): void {
    this.#insert(requests, denials)
  }
}

/** Inserts rows of which most columns are null, naming only those that are not: binding a value costs as much as storing it. */
class ShapedInsert {
  readonly #db: Sqlite
  readonly #table: string
  readonly #columns: readonly string[]
  readonly #conflict: string
  readonly #statements = new Map<number, Statement>()

  constructor(db: Sqlite, table: string, columns: readonly string[], conflict: string) {
    this.#db = db
    this.#table = table
    this.#columns = columns
    this.#conflict = conflict
  }

  run(row: ShapedRow): void {
    const [shape, ...values] = row
    this.#statementFor(Number(shape)).run(values)
  }

  #statementFor(shape: number): Statement {
    const known = this.#statements.get(shape)
    if (known !== undefined) return known
    const statement = this.#prepare(this.#columns.filter((_, index) => Math.floor(shape / 2 ** index) % 2 === 1))
    if (this.#statements.size < MOST_SHAPES) this.#statements.set(shape, statement)
    return statement
  }

  #prepare(columns: readonly string[]): Statement {
    const places = columns.map(() => '?').join(', ')
    return this.#db.prepare(`INSERT INTO ${this.#table} (${columns.join(', ')}) VALUES (${places}) ${this.#conflict}`)
  }
}

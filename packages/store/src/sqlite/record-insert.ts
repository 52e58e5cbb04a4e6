import type { Row } from '../ledger-rows.ts'
import { DENIAL_COLUMNS, REQUEST_COLUMNS } from '../record-rows.ts'
import type { Sqlite } from './connection.ts'

/** Writes request and denial records in one transaction; a row that is there already is left alone. */
export class RecordInsert {
  readonly #insert: (requests: Row[], denials: Row[]) => void

  constructor(db: Sqlite) {
    const request = db.prepare(insertInto('requests', REQUEST_COLUMNS))
    const denial = db.prepare(insertInto('denials', DENIAL_COLUMNS))
    const insert = db.transaction((requests: Row[], denials: Row[]) => {
      for (const row of requests) request.run(row)
      for (const row of denials) denial.run(row)
    })
    this.#insert = (requests, denials) => insert.immediate(requests, denials)
  }

  insert(requests: Row[], denials: Row[]): void {
    this.#insert(requests, denials)
  }
}

function insertInto(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) ON CONFLICT (id) DO NOTHING`
}

import type { BatchItem } from '@faregate/ledger/port'
import { RESTORED_META, RESTORED_TABLES } from '../tables.ts'
import type { Sqlite } from './connection.ts'
import type { SqliteLedger } from './ledger.ts'
import { OPEN_HOLDS, settlementsOf, type OpenHold } from '../open-holds.ts'

const CHUNK = 500

/**
 * Replaces everything by a backup of the same schema version, in one transaction: open holds in it are voided,
 * the configuration's version grows beyond both.
 */
export function loadDatabase(db: Sqlite, ledger: SqliteLedger, order: { file: string; epoch: number; now: number }): void {
  db.prepare('ATTACH ? AS backup').run(order.file)
  try {
    db.exec('BEGIN IMMEDIATE')
    db.pragma('defer_foreign_keys = ON')
    replaceRows(db)
    ledger.forget()
    voidOpenHolds(db, ledger, order)
    db.exec('COMMIT')
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK')
    ledger.forget()
    throw error
  } finally {
    db.exec('DETACH backup')
  }
}

function replaceRows(db: Sqlite): void {
  for (const table of RESTORED_TABLES.toReversed()) db.exec(`DELETE FROM main.${table}`)
  for (const table of RESTORED_TABLES) {
    const columns = columnsOf(db, table).join(', ')
    db.exec(`INSERT INTO main.${table} (${columns}) SELECT ${columns} FROM backup.${table}`)
  }
  db.exec(`DELETE FROM main.meta WHERE ${RESTORED_META}`)
  db.exec(`INSERT INTO main.meta (key, value) SELECT key, value FROM backup.meta WHERE ${RESTORED_META}`)
  const counter = `(SELECT b.value FROM backup.counters b WHERE b.name = main.counters.name)`
  db.exec(`UPDATE main.counters SET value = ${counter} WHERE name IN ('entry', 'audit')`)
  db.exec(`UPDATE main.counters SET value = max(value, ${counter}) + 1 WHERE name = 'configuration'`)
  db.exec(`UPDATE main.counters SET value = max(value, ${counter}) WHERE name = 'instance'`)
}

function columnsOf(db: Sqlite, table: string): string[] {
  return db.prepare(`SELECT name FROM pragma_table_info(?)`).pluck().all(table) as string[]
}

function voidOpenHolds(db: Sqlite, ledger: SqliteLedger, { epoch, now }: { epoch: number; now: number }): void {
  const holds = db.prepare(OPEN_HOLDS).all() as OpenHold[]
  const items = settlementsOf(holds, epoch).map((operation): BatchItem => ({ operation: { ...operation, cost: 0n } }))
  for (let from = 0; from < items.length; from += CHUNK) ledger.decide(items.slice(from, from + CHUNK), now)
}

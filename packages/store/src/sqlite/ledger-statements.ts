import type { Sqlite } from './connection.ts'
import { ACCOUNT_COLUMNS, ENTRY_COLUMNS, LOT_COLUMNS } from '../ledger-rows.ts'

/** Rows that one INSERT takes: half the time of one by one. */
export const ROWS_AT_ONCE = 16

/** The ledger's statements, prepared once. */
export function prepareLedger(db: Sqlite) {
  const accountChanges = ACCOUNT_COLUMNS.split(', ').slice(3)
  const lotChanges = ['posted', 'held', 'expired', 'reversed', 'open']
  return {
    begin: db.prepare('BEGIN IMMEDIATE'),
    commit: db.prepare('COMMIT'),
    rollback: db.prepare('ROLLBACK'),
    counter: db.prepare(`SELECT value FROM counters WHERE name = 'entry'`).pluck(),
    setCounter: db.prepare(`UPDATE counters SET value = ? WHERE name = 'entry'`),
    entry: db.prepare(`SELECT ${ENTRY_COLUMNS} FROM entries WHERE id = ?`).raw(),
    entriesBetween: db.prepare(`SELECT ${ENTRY_COLUMNS} FROM entries WHERE id >= ? AND id < ?`).raw(),
    entriesBeside: db.prepare(`SELECT ${ENTRY_COLUMNS} FROM entries WHERE request = ? AND kind IN ('refund', 'excess', 'expire')`).raw(),
    account: db.prepare(`SELECT ${ACCOUNT_COLUMNS} FROM accounts WHERE id = ?`).raw(),
    openLots: db.prepare(`SELECT ${LOT_COLUMNS} FROM lots WHERE account = ? AND open = 1`).raw(),
    lot: db.prepare(`SELECT ${LOT_COLUMNS} FROM lots WHERE id = ?`).raw(),
    insertEntry: db.prepare(`INSERT INTO entries (${ENTRY_COLUMNS}) VALUES ${rows(1, 9)}`),
    insertEntries: db.prepare(`INSERT INTO entries (${ENTRY_COLUMNS}) VALUES ${rows(ROWS_AT_ONCE, 9)}`),
    putAccount: db.prepare(
      `INSERT INTO accounts (${ACCOUNT_COLUMNS}) VALUES ${rows(1, 13)} ON CONFLICT (id) DO UPDATE SET ${excluded(accountChanges)}`,
    ),
    putLot: db.prepare(`INSERT INTO lots (${LOT_COLUMNS}) VALUES ${rows(1, 11)} ON CONFLICT (id) DO UPDATE SET ${excluded(lotChanges)}`),
  }
}

function rows(count: number, width: number): string {
  const row = `(${Array<string>(width).fill('?').join(', ')})`
  return Array<string>(count).fill(row).join(', ')
}

function excluded(columns: string[]): string {
  return columns.map((column) => `${column} = excluded.${column}`).join(', ')
}

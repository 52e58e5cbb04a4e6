import type { AccountRow, EntryRow, LotRow, RecordRow } from '../../ledger/sim/auditor/shapes.ts'
import { ACCOUNT_COLUMNS, accountFromRow, ENTRY_COLUMNS, entryFromRow, LOT_COLUMNS, lotFromRow } from '../src/ledger-rows.ts'
import type { AccountTuple, EntryTuple, LotTuple } from '../src/ledger-rows.ts'

/** Everything that a world leaves behind. */
export interface Rows {
  entries: EntryRow[]
  accounts: AccountRow[]
  lots: LotRow[]
  records: RecordRow[]
}

/** Runs a query; rows as arrays, 64-bit integers as `bigint`. */
export type Query = (text: string) => Promise<unknown[][]>

export async function readBooks(query: Query): Promise<{ accounts: AccountRow[]; lots: LotRow[] }> {
  const accounts = await query(`SELECT ${ACCOUNT_COLUMNS} FROM accounts`)
  const lots = await query(`SELECT ${LOT_COLUMNS} FROM lots`)
  return {
    accounts: accounts.map((row) => accountFromRow(row as AccountTuple)),
    lots: lots.map((row) => lotFromRow(row as LotTuple)),
  }
}

export async function readRows(query: Query): Promise<Rows> {
  const entries = await query(`SELECT ${ENTRY_COLUMNS} FROM entries ORDER BY seq`)
  const records = await query(`SELECT id, cost, delivery FROM requests`)
  return {
    ...(await readBooks(query)),
    entries: entries.map((row) => entryFromRow(row as EntryTuple)),
    records: records.map(([id, cost, delivery]) => ({ id: id as string, cost: cost as bigint, delivery: delivery as string })),
  }
}

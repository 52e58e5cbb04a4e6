import type { AccountState, Entry, Lot } from '@faregate/ledger/working-set'
import { ACCOUNT_COLUMNS, ENTRY_COLUMNS, LOT_COLUMNS, accountToRow, entryToRow, lotToRow, type Row } from '../ledger-rows.ts'

/** A named statement is prepared once per connection. */
export interface Statement {
  name: string
  text: string
  values: unknown[]
}

/**
 * Stands between texts that travel as one: escaping each for an array literal costs more than deciding it. JSON has no
 * control characters, and ids have none either.
 */
const SEPARATOR = '\u001e'
const SEPARATED = ['id', 'kind', 'legs', 'terms', 'memo']
const ENTRY_ARRAYS = ENTRY_COLUMNS.split(', ').map((column, index) => {
  if (SEPARATED.includes(column)) return `string_to_array($${index + 1}, E'\\x1e')`
  return `$${index + 1}::${column === 'request' ? 'text' : 'bigint'}[]`
})
const ACCOUNT_TYPES = ['text', 'text', 'text', ...Array<string>(10).fill('bigint')]
const LOT_TYPES = ['text', 'text', ...Array<string>(9).fill('bigint')]

const INSERT_ENTRIES = `INSERT INTO entries (${ENTRY_COLUMNS}) SELECT * FROM unnest(${ENTRY_ARRAYS.join(', ')})`
const INSERT_ACCOUNTS = `INSERT INTO accounts (${ACCOUNT_COLUMNS}) SELECT * FROM ${unnest(ACCOUNT_TYPES)} ON CONFLICT (id) DO NOTHING`
const ACCOUNT_CHANGES = ACCOUNT_COLUMNS.split(', ').slice(3)
const UPDATE_ACCOUNTS = `UPDATE accounts a SET ${ACCOUNT_CHANGES.map((column) => `${column} = n.${column}`).join(', ')}
  FROM ${unnest(ACCOUNT_TYPES)} AS n (${ACCOUNT_COLUMNS}) WHERE a.id = n.id`
const PUT_LOTS =
  `INSERT INTO lots (${LOT_COLUMNS}) SELECT * FROM ${unnest(LOT_TYPES)} ON CONFLICT (id) DO UPDATE SET ` +
  ['posted', 'held', 'expired', 'reversed', 'open'].map((column) => `${column} = excluded.${column}`).join(', ')

export function insertEntries(entries: readonly Entry[]): Statement {
  const columns = columnsOf(entries.map(entryToRow), ENTRY_ARRAYS.length)
  const values = ENTRY_COLUMNS.split(', ').map((name, index) => {
    const column = columns[index] ?? []
    return SEPARATED.includes(name) ? column.join(SEPARATOR) : column
  })
  return { name: 'insert-entries', text: INSERT_ENTRIES, values }
}

/** Makes accounts where they are absent, in the order of their ids: two batches that make the same never wait crosswise. */
export function insertAccounts(accounts: readonly AccountState[]): Statement {
  const rows = accounts.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(accountToRow)
  return { name: 'insert-accounts', text: INSERT_ACCOUNTS, values: columnsOf(rows, ACCOUNT_TYPES.length) }
}

export function updateAccounts(accounts: readonly AccountState[]): Statement {
  return { name: 'update-accounts', text: UPDATE_ACCOUNTS, values: columnsOf(accounts.map(accountToRow), ACCOUNT_TYPES.length) }
}

export function putLots(lots: readonly Lot[]): Statement {
  return { name: 'put-lots', text: PUT_LOTS, values: columnsOf(lots.map(lotToRow), LOT_TYPES.length) }
}

/** One array for each column, as `unnest` takes them. */
export function columnsOf(rows: readonly Row[], width: number): Row[] {
  return Array.from({ length: width }, (_, column) => rows.map((row) => row[column] ?? null))
}

function unnest(types: readonly string[]): string {
  return `unnest(${types.map((type, index) => `$${index + 1}::${type}[]`).join(', ')})`
}

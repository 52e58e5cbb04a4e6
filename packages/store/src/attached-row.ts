import type { AttachedRow } from '@faregate/ledger/port'
import type { Row } from './ledger-rows.ts'

/** Tables that an operation of the ledger brings rows for as they are; those of the audit are chained. */
export type PlainTable = Exclude<AttachedRow['table'], 'audit'>

/** The columns of each, in the order of its statement. */
const COLUMNS: Record<PlainTable, readonly string[]> = {
  idempotency: ['scope', 'key', 'request_hash', 'status', 'response', 'created_at'],
  voucher_ends: ['voucher_id', 'kind', 'organization_id', 'grant_id', 'at'],
  credit_notes: ['number', 'invoice', 'place', 'organization_id', 'amount', 'reason', 'grant_id', 'at'],
  top_up_ends: ['top_up_id', 'grant_id', 'reference', 'at'],
  top_up_refunds: ['id', 'top_up_id', 'amount', 'asked', 'reason', 'created_at', 'state', 'next_at'],
  webhook_deliveries: ['event_id', 'webhook_id', 'type', 'body', 'state', 'attempts', 'at', 'next_at'],
}

export const PLAIN_TABLES = Object.keys(COLUMNS) as PlainTable[]

/** The statement that inserts one row; `placeholder` writes the mark of a value by its place, from 1. */
export function insertText(table: PlainTable, placeholder: (place: number) => string): string {
  const columns = COLUMNS[table]
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((_, index) => placeholder(index + 1)).join(', ')})`
}

/** Values of an attached row in the order of its statement. Throws where one is missing. */
export function attachedValues(table: PlainTable, values: AttachedRow['values']): Row {
  return COLUMNS[table].map((column) => {
    const value = values[column]
    if (value === undefined || value === null) throw new Error(`an attached row of ${table} lacks ${column}`)
    return value
  })
}

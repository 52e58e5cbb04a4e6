import type pg from 'pg'
import type { Row } from '../ledger-rows.ts'
import { DENIAL_COLUMNS, REQUEST_COLUMNS, REQUEST_CONFLICT } from '../record-rows.ts'
import { columnsOf } from './ledger-writes.ts'

const TEXT = new Set([
  'id',
  'organization_id',
  'application_id',
  'key_id',
  'end_user',
  'tags',
  'path',
  'model',
  'api',
  'route',
  'outcome',
  'denial',
  'denial_id',
  'price_version',
  'flags',
  'delivery',
  'attempts',
  'violations',
  'measured',
  'request_id',
  'code',
  'problem',
  'trace',
  'operator_detail',
])

const REQUESTS = insertInto('requests', REQUEST_COLUMNS, REQUEST_CONFLICT)
const DENIALS = insertInto('denials', DENIAL_COLUMNS, 'ON CONFLICT (id) DO NOTHING')

/** Writes request and denial records in one transaction; a row that is there already stays, see {@link REQUEST_CONFLICT}. */
export async function insertRecords(pool: pg.Pool, requests: readonly Row[], denials: readonly Row[]): Promise<void> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('BEGIN')
    if (requests.length > 0) await client.query({ name: 'requests', text: REQUESTS, values: columnsOf(requests, REQUEST_COLUMNS.length) })
    if (denials.length > 0) await client.query({ name: 'denials', text: DENIALS, values: columnsOf(denials, DENIAL_COLUMNS.length) })
    await client.query('COMMIT')
  } catch (error) {
    broken = error instanceof Error ? error : new Error(String(error))
    throw error
  } finally {
    client.release(broken)
  }
}

function insertInto(table: string, columns: readonly string[], conflict: string): string {
  const arrays = columns.map((column, index) => `$${index + 1}::${TEXT.has(column) ? 'text' : 'bigint'}[]`)
  return `INSERT INTO ${table} (${columns.join(', ')}) SELECT * FROM unnest(${arrays.join(', ')}) ${conflict}`
}

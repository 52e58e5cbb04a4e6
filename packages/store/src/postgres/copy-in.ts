import type { BatchItem } from '@faregate/ledger/port'
import type pg from 'pg'
import { OPEN_HOLDS, settlementsOf, type OpenHold } from '../open-holds.ts'
import { openConnection, type Sqlite } from '../sqlite/connection.ts'
import { RESTORED_META, RESTORED_TABLES } from '../tables.ts'
import { columnsIn } from './copy-out.ts'
import { decideOn } from './ledger.ts'

const CHUNK = 500

/**
 * Replaces everything by a SQLite file of this schema version, in one transaction that keeps all others out: open
 * holds in it are voided, the configuration's version grows beyond both.
 */
export async function copyIn(client: pg.Client, file: string, epoch: number): Promise<void> {
  const db = openConnection(file, { readonly: true })
  try {
    await client.query('BEGIN')
    // First, because their batches hold these rows: the others have to say that they live, and forget what they know.
    await client.query('UPDATE instances SET heartbeat_at = -abs(heartbeat_at) WHERE epoch <> $1', [epoch])
    await client.query(`LOCK TABLE ${RESTORED_TABLES.join(', ')}, meta, counters IN ACCESS EXCLUSIVE MODE`)
    await client.query(`TRUNCATE ${RESTORED_TABLES.join(', ')}`)
    for (const table of RESTORED_TABLES) await copyTable(client, db, table, '1 = 1')
    await client.query(`DELETE FROM meta WHERE ${RESTORED_META}`)
    await copyTable(client, db, 'meta', RESTORED_META)
    await setCounters(client, db)
    await voidOpenHolds(client, epoch)
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  } finally {
    db.close()
  }
}

async function copyTable(client: pg.Client, db: Sqlite, table: string, condition: string): Promise<void> {
  const names = columnsIn(db, table)
    .map((column) => `"${column}"`)
    .join(', ')
  const insert = `INSERT INTO "${table}" (${names}) SELECT ${names} FROM json_populate_recordset(null::"${table}", $1)`
  let rows: unknown[] = []
  const flush = async (): Promise<void> => {
    if (rows.length > 0) await client.query(insert, [JSON.stringify(rows, bigintAsText)])
    rows = []
  }
  for (const row of db.prepare(`SELECT ${names} FROM "${table}" WHERE ${condition}`).iterate()) {
    rows.push(row)
    if (rows.length >= CHUNK) await flush()
  }
  await flush()
}

function bigintAsText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

async function setCounters(client: pg.Client, db: Sqlite): Promise<void> {
  const rows = db.prepare('SELECT name, value FROM counters').all() as { name: string; value: bigint }[]
  for (const { name, value } of rows) {
    if (name === 'entry' || name === 'audit') await client.query('UPDATE counters SET value = $2 WHERE name = $1', [name, value])
    else
      await client.query('UPDATE counters SET value = greatest(value, $2) + $3 WHERE name = $1', [
        name,
        value,
        name === 'configuration' ? 1 : 0,
      ])
  }
}

async function voidOpenHolds(client: pg.Client, epoch: number): Promise<void> {
  const { rows } = await client.query<OpenHold>(OPEN_HOLDS)
  const items = settlementsOf(rows, epoch).map((operation): BatchItem => ({ operation: { ...operation, cost: 0n } }))
  for (let from = 0; from < items.length; from += CHUNK) {
    await decideOn(client, items.slice(from, from + CHUNK), { begin: false, commit: false, epoch: null, fenced: null })
  }
}

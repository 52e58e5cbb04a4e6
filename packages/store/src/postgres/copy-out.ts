import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type pg from 'pg'
import { MIGRATIONS } from '../migrations/migration.ts'
import { finishFileAside } from '../sqlite/backup.ts'
import { openConnection, type Sqlite } from '../sqlite/connection.ts'
import { migrate } from '../sqlite/migrate.ts'
import { StoreUnfit } from '../store.ts'
import { eachChunk } from './cursor.ts'

/**
 * Copies the whole database as of one moment into a new SQLite file: complete and durable, or not there. `version` is
 * the schema's. Rejects with {@link StoreUnfit} when the file exists.
 */
export async function copyOut(client: pg.Client, file: string, version: number): Promise<void> {
  if (existsSync(file)) throw new StoreUnfit(`${file} exists already; a backup never overwrites a file.`)
  mkdirSync(dirname(file), { recursive: true })
  const partial = `${file}.partial`
  rmSync(partial, { force: true })
  const db = openConnection(partial, { readonly: false })
  try {
    // The file is made durable once, at the end.
    db.pragma('synchronous = OFF')
    migrate(
      db,
      null,
      MIGRATIONS.filter((migration) => migration.number <= version),
    )
    db.pragma('foreign_keys = OFF')
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    for (const table of tablesOf(db)) await copyTable(client, db, table)
    await client.query('COMMIT')
    db.close()
    await finishFileAside(partial, file)
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  } finally {
    if (db.open) db.close()
    rmSync(partial, { force: true })
  }
}

/** The tables of a backup. */
export function tablesOf(db: Sqlite): string[] {
  return db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`).pluck().all() as string[]
}

export function columnsIn(db: Sqlite, table: string): string[] {
  return db.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[]
}

async function copyTable(client: pg.Client, db: Sqlite, table: string): Promise<void> {
  const columns = columnsIn(db, table)
  const names = columns.map((column) => `"${column}"`).join(', ')
  db.exec(`DELETE FROM "${table}"`)
  const insert = db.prepare(`INSERT INTO "${table}" (${names}) VALUES (${columns.map(() => '?').join(', ')})`)
  const insertAll = db.transaction((rows: unknown[][]) => {
    for (const row of rows) insert.run(row)
  })
  await eachChunk(client, `SELECT ${names} FROM "${table}"`, insertAll)
}

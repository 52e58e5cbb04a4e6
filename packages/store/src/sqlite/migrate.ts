import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { META_TABLE, MIGRATIONS, type Migration } from '../migrations/migration.ts'
import { StoreTooNew } from '../store.ts'
import { writeBackup } from './backup.ts'
import type { Sqlite } from './connection.ts'

/**
 * Brings a database to this program's schema, one transaction per step. One that already holds something is
 * backed up first, into `backups/` of the directory. Throws {@link StoreTooNew} for a newer schema.
 * Answers the backup's file, if one was made.
 */
export function migrate(db: Sqlite, directory: string | null, migrations: readonly Migration[] = MIGRATIONS): string | undefined {
  const version = versionOf(db)
  const newest = migrations.at(-1)?.number ?? 0
  if (version > newest) throw tooNew(version, newest)
  const pending = migrations.filter((migration) => migration.number > version)
  if (pending.length === 0) return undefined
  const backup = version > 0 && directory !== null ? backUp(db, directory, version) : undefined
  db.exec(META_TABLE)
  for (const migration of pending) apply(db, migration)
  return backup
}

/** The schema version of a database; 0 for an empty one. */
export function versionOf(db: Sqlite): number {
  const known = db.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'meta'`).get()
  if (known === undefined) return 0
  const row = db.prepare(`SELECT value FROM meta WHERE key = 'schema_version'`).pluck().get()
  return row === undefined ? 0 : Number(row)
}

export function tooNew(version: number, newest: number): StoreTooNew {
  return new StoreTooNew(
    `The database has schema version ${version}, this program knows versions up to ${newest}. ` +
      'Start the newer program that wrote it, or restore a backup made before the upgrade.',
  )
}

function apply(db: Sqlite, migration: Migration): void {
  db.exec('BEGIN IMMEDIATE')
  try {
    for (const statement of migration.statements) db.exec(statement)
    db.prepare(`INSERT INTO meta (key, value) VALUES ('schema_version', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`).run(
      String(migration.number),
    )
    db.exec('COMMIT')
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK')
    throw error
  }
}

function backUp(db: Sqlite, directory: string, version: number): string {
  const folder = join(directory, 'backups')
  mkdirSync(folder, { recursive: true })
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace(/\..*/, '')
  const file = join(folder, `before-migration-from-${version}-${stamp}.sqlite`)
  writeBackup(db, file)
  return file
}

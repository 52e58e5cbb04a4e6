import { MIGRATIONS } from '../migrations/migration.ts'
import { foreignSecret } from '../secret-fingerprint.ts'
import { StoreUnfit } from '../store.ts'
import { openConnection, type Sqlite } from './connection.ts'
import { migrate, versionOf } from './migrate.ts'

/**
 * Checks the copy of a backup and brings it to this program's schema. `name` is what the operator calls it. Throws
 * `StoreTooNew` for a newer one, {@link StoreUnfit} for what is no backup, damaged, or of another root secret.
 */
export function prepareBackup(copy: string, name: string, fingerprint: string | undefined): void {
  const db = openConnection(copy, { readonly: false })
  try {
    if (versionIn(db) === 0) throw new StoreUnfit(`${name} is not a backup of Faregate.`)
    if (db.pragma('quick_check', { simple: true }) !== 'ok') throw new StoreUnfit(`${name} is damaged.`)
    migrate(db, null, MIGRATIONS)
    const other = db.prepare(`SELECT value FROM meta WHERE key = 'secret_fingerprint'`).pluck().get()
    if (other !== undefined && fingerprint !== undefined && other !== fingerprint) throw foreignSecret(`The backup ${name}`)
  } finally {
    db.close()
  }
}

/** 0 for what is no database at all. */
function versionIn(db: Sqlite): number {
  try {
    return versionOf(db)
  } catch {
    return 0
  }
}

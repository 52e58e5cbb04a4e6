import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { foreignSecret } from './secret-fingerprint.ts'
import { StoreUnfit } from './store.ts'

/**
 * A copy of a backup, brought to this program's schema. Rejects with `StoreTooNew` for a newer one, with
 * {@link StoreUnfit} for what is no backup or belongs to another root secret.
 */
export async function prepareRestore(file: string, fingerprint: string | undefined): Promise<{ file: string; remove(): void }> {
  if (!existsSync(file)) throw new StoreUnfit(`There is no backup at ${file}.`)
  const folder = mkdtempSync(join(tmpdir(), 'faregate-restore-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    const copy = join(folder, 'backup.sqlite')
    copyFileSync(file, copy)
    await bringUp(copy, file, fingerprint)
    return { file: copy, remove }
  } catch (error) {
    remove()
    throw error
  }
}

async function bringUp(copy: string, file: string, fingerprint: string | undefined): Promise<void> {
  const { openConnection } = await import('./sqlite/connection.ts')
  const { migrate, versionOf } = await import('./sqlite/migrate.ts')
  const db = openConnection(copy, { readonly: false })
  try {
    if (versionIn(db) === 0) throw new StoreUnfit(`${file} is not a backup of Faregate.`)
    if (db.pragma('quick_check', { simple: true }) !== 'ok') throw new StoreUnfit(`${file} is damaged.`)
    migrate(db, null)
    const other = db.prepare(`SELECT value FROM meta WHERE key = 'secret_fingerprint'`).pluck().get()
    if (other !== undefined && fingerprint !== undefined && other !== fingerprint) throw foreignSecret(`The backup ${file}`)
  } finally {
    db.close()
  }

  function versionIn(database: typeof db): number {
    try {
      return versionOf(database)
    } catch {
      return 0
    }
  }
}

import { existsSync } from 'node:fs'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StoreUnfit } from './store.ts'

/**
 * A copy of a backup, checked and brought to this program's schema by a thread. Rejects with `StoreTooNew` for a newer
 * one, with {@link StoreUnfit} for what is no backup or belongs to another root secret.
 */
export async function prepareRestore(
  file: string,
  fingerprint: string | undefined,
): Promise<{ file: string; remove: () => Promise<void> }> {
  if (!existsSync(file)) throw new StoreUnfit(`There is no backup at ${file}.`)
  const folder = await mkdtemp(join(tmpdir(), 'faregate-restore-'))
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    const copy = join(folder, 'backup.sqlite')
    await copyFile(file, copy)
    await inThread(copy, file, fingerprint)
    return { file: copy, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

async function inThread(copy: string, name: string, fingerprint: string | undefined): Promise<void> {
  const { SqliteThread } = await import('./sqlite/thread.ts')
  const { thread } = await SqliteThread.start('reader', { directory: '', file: copy, lockFile: '' })
  try {
    await thread.call({ type: 'prepare', file: copy, name, fingerprint })
  } finally {
    await thread.close()
  }
}

import { chmodSync, closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StoreUnfit } from '../store.ts'
import type { Sqlite } from './connection.ts'

/**
 * Writes everything that is committed into one new file, while others write: complete and durable, or not there.
 * Throws {@link StoreUnfit} when the file exists.
 */
export function writeBackup(db: Sqlite, file: string): void {
  if (existsSync(file)) throw new StoreUnfit(`${file} exists already; a backup never overwrites a file.`)
  const partial = `${file}.partial`
  rmSync(partial, { force: true })
  try {
    db.prepare('VACUUM INTO ?').run(partial)
    finishFile(partial, file)
  } finally {
    rmSync(partial, { force: true })
  }
}

/** For its owner alone: a backup holds sealed provider keys and everybody's usage. */
const MODE = 0o600

/** Makes a written file durable under its final name. */
function finishFile(partial: string, file: string): void {
  chmodSync(partial, MODE)
  sync(partial)
  renameSync(partial, file)
  sync(dirname(file))
}

/** The same for the main thread, which does not wait for the disk. */
export async function finishFileAside(partial: string, file: string): Promise<void> {
  await syncAside(partial)
  await rename(partial, file)
  await syncAside(dirname(file))
}

async function syncAside(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    if ((await handle.stat()).isFile()) await handle.chmod(MODE)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
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

/** Makes a written file durable under its final name. */
export function finishFile(partial: string, file: string): void {
  sync(partial)
  renameSync(partial, file)
  sync(dirname(file))
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

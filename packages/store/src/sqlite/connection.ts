import { createRequire } from 'node:module'
import type Database from 'better-sqlite3'
import { StoreLocked } from '../store.ts'

const require = createRequire(import.meta.url)

/** How long a statement waits for a lock that another process holds. Short: the caller is told, and tries again. */
const BUSY_MS = 1_000

export type Sqlite = Database.Database

/** Opens a database file; every integer reads as `bigint`. */
export function openConnection(file: string, options: { readonly: boolean }): Sqlite {
  // The addon is CommonJS; required here so that a process that never opens SQLite never loads it.
  const Constructor = require('better-sqlite3') as typeof Database
  const db = new Constructor(file, { readonly: options.readonly, fileMustExist: options.readonly, timeout: BUSY_MS })
  db.defaultSafeIntegers(true)
  return db
}

/** The connection that writes: WAL, and durable at each commit (M18). */
export function openWriter(file: string): Sqlite {
  const db = openConnection(file, { readonly: false })
  // Takes effect on a new file only: an entry is long, and fewer pages are less to write.
  db.pragma('page_size = 8192')
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.pragma('foreign_keys = ON')
  // A transaction of one operation writes six pages: at 500 requests a second some checkpoint every 0.7 s, 32 MB of log.
  db.pragma('wal_autocheckpoint = 4000')
  db.pragma('journal_size_limit = 67108864')
  db.pragma('temp_store = MEMORY')
  return db
}

/** A connection that cannot write. */
export function openReader(file: string): Sqlite {
  const db = openConnection(file, { readonly: true })
  db.pragma('cache_size = -8000')
  return db
}

/**
 * Takes the lock on a data directory for as long as the connection lives: an exclusive transaction on a file
 * of its own, which the kernel ends when the process dies, however it dies (M19). Throws {@link StoreLocked}.
 */
export function lockDirectory(file: string, directory: string): Sqlite {
  const lock = openConnection(file, { readonly: false })
  try {
    lock.pragma('busy_timeout = 0')
    lock.pragma('journal_mode = MEMORY')
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    if (!isBusy(error)) throw error
    throw new StoreLocked(
      `Another Faregate process uses the data directory ${directory}. Stop it, or start this one with another --data directory.`,
    )
  }
}

export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('SQLITE_BUSY')
}

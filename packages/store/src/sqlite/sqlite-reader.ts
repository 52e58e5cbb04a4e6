import { workerData } from 'node:worker_threads'
import { writeBackup } from './backup.ts'
import { openReader, type Sqlite } from './connection.ts'
import type { Request, ThreadData } from './messages.ts'
import { prepareBackup } from './prepare.ts'
import { serve } from './serve.ts'
import { Statements } from './statements.ts'
import { verifyDatabase } from './verify.ts'

/** A thread that reads: queries; in a thread of their own, backups and verification. */
serve(() => {
  const { file } = workerData as ThreadData
  let reader: { db: Sqlite; statements: Statements } | undefined
  // Preparing a backup needs no reader, and what it is given may be no database.
  const open = (): { db: Sqlite; statements: Statements } => {
    if (reader !== undefined) return reader
    const db = openReader(file)
    reader = { db, statements: new Statements(db) }
    return reader
  }
  const handle = (request: Request): unknown => {
    switch (request.type) {
      case 'sql':
        return open().statements.run(request.sql, request.parameters)
      case 'backup':
        return writeBackup(open().db, request.file)
      case 'prepare':
        return prepareBackup(request.file, request.name, request.fingerprint)
      case 'verify':
        return verifyDatabase(open().db)
      case 'close':
        reader?.db.close()
        return undefined
      default:
        throw new Error(`a reader does not answer ${request.type}`)
    }
  }
  return { facts: {}, handle }
})

import { workerData } from 'node:worker_threads'
import { writeBackup } from './backup.ts'
import { openReader } from './connection.ts'
import type { Request, ThreadData } from './messages.ts'
import { serve } from './serve.ts'
import { Statements } from './statements.ts'
import { verifyDatabase } from './verify.ts'

/** A thread that reads: queries; in a thread of their own, backups and verification. */
serve(() => {
  const { file } = workerData as ThreadData
  const db = openReader(file)
  const statements = new Statements(db)
  const handle = (request: Request): unknown => {
    switch (request.type) {
      case 'sql':
        return statements.run(request.sql, request.parameters)
      case 'backup':
        return writeBackup(db, request.file)
      case 'verify':
        return verifyDatabase(db)
      case 'close':
        db.close()
        return undefined
      default:
        throw new Error(`a reader does not answer ${request.type}`)
    }
  }
  return { facts: {}, handle }
})

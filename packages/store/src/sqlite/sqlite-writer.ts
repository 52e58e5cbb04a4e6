import { workerData } from 'node:worker_threads'
import { MIGRATIONS } from '../migrations/migration.ts'
import { packOutcomes, unpackItems } from './batch-text.ts'
import { lockDirectory, openWriter, type Sqlite } from './connection.ts'
import { SqliteLedger } from './ledger.ts'
import { loadDatabase } from './load.ts'
import type { Request, ThreadData } from './messages.ts'
import { migrate } from './migrate.ts'
import { RecordInsert } from './record-insert.ts'
import { unpackRows } from './row-text.ts'
import { serve, type Server } from './serve.ts'
import { Statements } from './statements.ts'

/** The thread that writes: ledger batches, management transactions, records. Holds the directory's lock. */
serve(() => {
  const { directory, file, lockFile } = workerData as ThreadData
  const lock = lockDirectory(lockFile, directory)
  const db = openWriter(file)
  const backup = migrate(db, directory, MIGRATIONS)
  return writer(db, lock, backup === undefined ? {} : { backup })
})

function writer(db: Sqlite, lock: Sqlite, facts: Record<string, unknown>): Server {
  const ledger = new SqliteLedger(db)
  const records = new RecordInsert(db)
  const statements = new Statements(db)
  const handle = (request: Request): unknown => {
    switch (request.type) {
      case 'batch':
        return packOutcomes(ledger.commit(unpackItems(request.items), request.now))
      case 'sql':
        return statements.run(request.sql, request.parameters)
      case 'records':
        return records.insert(unpackRows(request.requests), unpackRows(request.denials))
      case 'probe':
        db.exec('BEGIN IMMEDIATE; ROLLBACK')
        return undefined
      case 'load':
        return loadDatabase(db, ledger, request)
      case 'close':
        db.close()
        lock.close()
        return undefined
      default:
        throw new Error(`the writer does not answer ${request.type}`)
    }
  }
  return { facts, handle }
}

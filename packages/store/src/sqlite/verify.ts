import type { VerifyReport } from '@faregate/ledger/types'
import type { Sqlite } from './connection.ts'

export function verifyDatabase(_db: Sqlite): VerifyReport {
  throw new Error('not yet')
}

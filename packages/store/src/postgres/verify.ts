import type { VerifyReport } from '@faregate/ledger/types'
import type pg from 'pg'

export async function verifyDatabase(_client: pg.Client): Promise<VerifyReport> {
  throw new Error('not yet')
}

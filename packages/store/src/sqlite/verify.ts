import type { VerifyReport } from '@faregate/ledger/types'
import type { AccountTuple, EntryTuple, LotTuple } from '../ledger-rows.ts'
import { RowVerifier, VERIFY_SQL } from '../verify-rows.ts'
import type { Sqlite } from './connection.ts'

/** Recomputes the ledger as of one moment. Every earlier instance was recovered on start: only unresolved ones live. */
export function verifyDatabase(db: Sqlite): VerifyReport {
  db.exec('BEGIN')
  try {
    const verifier = new RowVerifier({
      liveInstances: numbers(db.prepare('SELECT epoch FROM instances WHERE resolved_at IS NULL').pluck().all()),
      refundedRequests: db.prepare(VERIFY_SQL.refunded).pluck().all() as string[],
      lastSeq: (db.prepare(VERIFY_SQL.lastSeq).pluck().get() as bigint | undefined) ?? 0n,
    })
    for (const row of db.prepare(VERIFY_SQL.entries).raw().iterate()) verifier.entry(row as EntryTuple)
    for (const row of db.prepare(VERIFY_SQL.accounts).raw().iterate()) verifier.account(row as AccountTuple)
    for (const row of db.prepare(VERIFY_SQL.lots).raw().iterate()) verifier.lot(row as LotTuple)
    return verifier.finish()
  } finally {
    db.exec('ROLLBACK')
  }
}

function numbers(values: unknown[]): number[] {
  return values.map(Number)
}

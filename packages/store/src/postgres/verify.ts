import type { VerifyReport } from '@faregate/ledger/types'
import type pg from 'pg'
import type { AccountTuple, EntryTuple, LotTuple } from '../ledger-rows.ts'
import { RowVerifier, VERIFY_SQL } from '../verify-rows.ts'
import { eachRow } from './cursor.ts'

/** Long enough for a dead instance to have been recovered by another one. */
const RECOVERED_MS = 60_000
const LIVE =
  `SELECT epoch FROM instances WHERE resolved_at IS NULL ` +
  `AND abs(heartbeat_at) > (extract(epoch FROM clock_timestamp()) * 1000)::bigint - ${RECOVERED_MS}`

/** Recomputes the ledger as of one moment. */
export async function verifyDatabase(client: pg.Client): Promise<VerifyReport> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  const live = await client.query<{ epoch: bigint }>(LIVE)
  const refunded = await client.query<{ request: string }>(VERIFY_SQL.refunded)
  const last = await client.query<{ value: bigint }>(VERIFY_SQL.lastSeq)
  const verifier = new RowVerifier({
    liveInstances: live.rows.map((row) => Number(row.epoch)),
    refundedRequests: refunded.rows.map((row) => row.request),
    lastSeq: last.rows[0]?.value ?? 0n,
  })
  await eachRow(client, VERIFY_SQL.entries, (row) => verifier.entry(row as EntryTuple))
  await eachRow(client, VERIFY_SQL.accounts, (row) => verifier.account(row as AccountTuple))
  await eachRow(client, VERIFY_SQL.lots, (row) => verifier.lot(row as LotTuple))
  await client.query('COMMIT')
  return verifier.finish()
}

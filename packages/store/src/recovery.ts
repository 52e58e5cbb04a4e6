import type { BatchItem } from '@faregate/ledger/port'
import type { Outcome } from '@faregate/ledger/types'
import { sql, type Kysely } from 'kysely'
import { InstanceBack } from './backend.ts'
import type { DeadInstance, Instances } from './instances.ts'
import { openHoldsOf, settlementsOf, type OpenHold } from './open-holds.ts'
import { lostRecord, type LostRequest } from './lost-record.ts'
import type { Row } from './ledger-rows.ts'
import { requestToRow } from './record-rows.ts'
import type { Schema } from './schema.ts'
import type { Log, RecoveryReport } from './store.ts'

const CHUNK = 500

export interface RecoveryNeeds {
  epoch: number
  instances: Instances
  read: Kysely<Schema>
  /** Commits a batch while an instance is shut out. */
  settle(items: BatchItem[], fenced: bigint): Promise<Outcome[]>
  insert(requests: Row[]): Promise<void>
  log: Log
  /** How long an instance is silent before it is dead; null: every other one is. */
  silentMs: number | null
}

/**
 * Resolves what dead instances left (M23): each is shut out first, so that nothing comes after what is read. Their open holds are posted up to the last durable mark or voided,
 * requests that were settled without a record get one. The same work done twice changes nothing.
 */
export async function recover(needs: RecoveryNeeds): Promise<RecoveryReport> {
  const report: RecoveryReport = { instances: 0, posted: 0, voided: 0, records: 0 }
  for (const instance of await needs.instances.dead(needs.epoch, needs.silentMs)) {
    const last = await needs.instances.fence(instance)
    if (last !== undefined && (await settledAll(needs, instance, last, report))) report.instances++
  }
  if (report.posted + report.voided + report.records > 0) needs.log('warn', 'recovered what ended processes left', { ...report })
  return report
}

/** False: it has come back meanwhile, and goes on with what is left. */
async function settledAll(needs: RecoveryNeeds, instance: DeadInstance, last: bigint, report: RecoveryReport): Promise<boolean> {
  try {
    await settleHolds(needs, instance, last, report)
  } catch (error) {
    if (error instanceof InstanceBack) return false
    throw error
  }
  await writeRecords(needs, instance, report)
  await needs.instances.resolve(instance.epoch)
  return true
}

async function settleHolds(needs: RecoveryNeeds, instance: DeadInstance, last: bigint, report: RecoveryReport): Promise<void> {
  const query = openHoldsOf(String(instance.epoch), String(instance.low_water_seq), String(last))
  const { rows } = await sql<OpenHold>`${sql.raw(query)}`.execute(needs.read)
  const settlements = settlementsOf(rows, needs.epoch)
  for (let from = 0; from < settlements.length; from += CHUNK) {
    const chunk = settlements.slice(from, from + CHUNK)
    const items = chunk.map((operation) => ({ operation }))
    const outcomes = await needs.settle(items, instance.epoch)
    for (const [index, operation] of chunk.entries()) count(report, operation.cost, outcomes[index])
  }
}

function count(report: RecoveryReport, cost: bigint, outcome: Outcome | undefined): void {
  if (outcome?.status !== 'ok') return
  if (cost > 0n) report.posted++
  else report.voided++
}

async function writeRecords(needs: RecoveryNeeds, instance: DeadInstance, report: RecoveryReport): Promise<void> {
  for (;;) {
    const lost = await lostRequests(needs.read, instance)
    if (lost.length === 0) return
    await needs.insert(lost.map((request) => requestToRow(lostRecord(request))))
    report.records += lost.length
    if (lost.length < CHUNK) return
  }
}

/** Requests of an instance that are settled and not recorded. */
async function lostRequests(read: Kysely<Schema>, instance: DeadInstance): Promise<LostRequest[]> {
  return read
    .selectFrom('entries as h')
    .innerJoin('entries as s', (join) => join.on('s.id', '=', sql<string>`h.request || '.settle'`))
    .select(['h.request', 'h.at', 'h.memo as held', 's.at as settled_at', 's.terms', 's.memo as settled'])
    .where('h.kind', '=', 'hold')
    .where('h.id', '=', sql<string>`h.request || '.0'`)
    .where('h.seq', '>=', instance.low_water_seq)
    .where('h.instance', '=', instance.epoch)
    .where((eb) => eb.not(eb.exists(eb.selectFrom('requests as r').select('r.id').whereRef('r.id', '=', 'h.request'))))
    .orderBy('h.seq')
    .limit(CHUNK)
    .execute()
}

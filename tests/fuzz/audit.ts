import assert from 'node:assert/strict'
import { assertSettled } from '../support/api.ts'
import type { RequestRecord } from '../support/api.ts'
import { nano } from '../support/decimal.ts'
import { send } from '../support/http.ts'
import { eventually } from '../support/wait.ts'
import { complaintAboutRecord } from './dues.ts'
import type { Report } from './run.ts'
import { CALL_KINDS } from './world.ts'
import type { CallKind, FuzzWorld } from './world.ts'

/** What was charged, in units of 1e-9, by kind of input; every sum has been compared with what the upstream answered. */
export type Charged = Record<CallKind, bigint>

/**
 * The facts after a run: nothing is held, the ledger verifies, no record was dropped, each request was charged what the
 * upstream's own log says, and what was charged in all is the sum of that.
 */
export async function audit({ gateway }: Pick<FuzzWorld, 'gateway'>, customers: FuzzWorld['customers'], report: Report): Promise<Charged> {
  const charged = {} as Charged
  await eventually(async () => assert.match((await send(`${gateway.url}/metrics`)).text, /^faregate_records_waiting 0$/m), 60_000, 200)
  assert.match((await send(`${gateway.url}/metrics`)).text, /^faregate_records_dropped_total 0$/m)
  for (const kind of CALL_KINDS) {
    const { organization } = customers[kind]
    const posted = nano((await assertSettled(gateway.api, organization, 30_000)).posted)
    const records = new Map((await gateway.api.records({ organization, limit: '500' })).map((record) => [record.id, record]))
    const sum = [...records.values()].reduce((total, { cost }) => total + nano(cost), 0n)
    assert.equal(posted, sum, `${kind}: what is posted is the sum of the records`)
    if (kind !== 'head') assertDues(report, kind, records, posted)
    charged[kind] = posted
  }
  return charged
}

function assertDues(report: Report, kind: CallKind, records: Map<string, RequestRecord>, posted: bigint): void {
  const complaints: string[] = []
  let [least, most] = [0n, 0n]
  for (const [id, { number, charge, kind: of }] of report.answered) {
    if (of !== kind) continue
    least += charge.least
    most += charge.most
    const complaint = complaintAboutRecord(records.get(id), charge)
    if (complaint !== undefined) complaints.push(`input ${number}, ${id}: ${complaint}`)
  }
  assert.deepEqual(complaints.slice(0, 10), [])
  assert.ok(posted >= least && posted <= most, `${kind}: ${posted} posted, ${least} to ${most} due`)
  if (kind === 'body') assert.equal(posted, least, 'nothing is left to our own count where the upstream is right')
}

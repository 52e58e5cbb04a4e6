import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { simulate } from '../sim/simulate.ts'

const STEPS = 50_000
const SEED = 20_261_122

/** Outcomes that a run must have met, or it has proven little. */
const MET = [
  'ok',
  'exists',
  'insufficient',
  'in_debt',
  'already_posted',
  'already_voided',
  'hold_unknown',
  'account_unknown',
  'request_unknown',
  'exceeds_remaining',
  'exists_with_different_memo',
  'exists_with_different_type',
]

describe('simulation', () => {
  it(`M2–M9: ${STEPS} operations with crashes, replays and clock jumps come out as an independent auditor predicts`, async (context) => {
    context.diagnostic(`seed ${SEED}`)
    const report = await simulate(STEPS, SEED)
    assert.ok(report.steps >= STEPS)
    assert.ok(report.crashes > 10)
    for (const status of MET) assert.ok((report.outcomes[status] ?? 0) > 0, `${status} was met`)
  })
})

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { inMemory } from '../sim/memory/open.ts'
import { simulate } from '../sim/simulate.ts'

const STEPS = 25_000
const SEED = 20_261_128

/** What a run must have met, or it has proven little. */
const OUTCOMES = [
  'ok',
  'exists',
  'insufficient',
  'in_debt',
  'already_posted',
  'already_voided',
  'hold_unknown',
  'account_unknown',
  'request_unknown',
  'grant_unknown',
  'exceeds_remaining',
  'exists_with_different_cost',
  'exists_with_different_memo',
]
const EVENTS = [
  'is killed',
  'is stopped',
  'goes on',
  'ends',
  'goes away',
  'clock moves forward',
  'clock moves back',
  'request ends: whole',
  'request ends: in part',
  'request ends: void',
  'request ends: given back',
  'request ends: recovered by its mark',
  'request ends: charged, unconfirmed',
]

describe('simulation', () => {
  it('M2–M10, M13, M16, M17, M20–M25: whole requests of up to five processes that are killed, stopped and cut off come out as an independent auditor says', async (context) => {
    context.diagnostic(`seed ${SEED}`)
    const report = await simulate({ engine: 'memory', open: inMemory(), seed: SEED, steps: STEPS })
    assert.ok(report.steps >= STEPS)
    for (const status of OUTCOMES) assert.ok((report.outcomes[status] ?? 0) > 0, `${status} was met`)
    for (const event of EVENTS) assert.ok((report.events[event] ?? 0) > 0, `${event} was met`)
  })

  it('is the same for the same seed', async () => {
    const run = () => simulate({ engine: 'memory', open: inMemory(), seed: 7, steps: 2_000 })
    assert.deepEqual(await run(), await run())
  })

  it('is audited by what imports nothing of what it audits', () => {
    const folder = fileURLToPath(new URL('../sim/auditor/', import.meta.url))
    const files = globSync('*.ts', { cwd: folder })
    assert.ok(files.length > 5)
    for (const file of files) {
      const imported = [...readFileSync(folder + file, 'utf8').matchAll(/^(?:import|export) .*from '([^']+)'/gm)].map(([, from]) => from)
      for (const from of imported) assert.match(from ?? '', /^(\.\/[a-z-]+\.ts|node:util)$/, `${file} imports ${from}`)
    }
  })
})

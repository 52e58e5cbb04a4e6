import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { simulate, type SimulationReport } from '../../ledger/sim/simulate.ts'
import { PostgresDatabase } from '../sim/postgres-database.ts'
import { SqliteDatabase } from '../sim/sqlite-database.ts'
import { noPostgres, POSTGRES_URL } from './databases.ts'

const STEPS = 2_000
/** What each run must have met, or it has proven little. */
const MET = ['is killed', 'clock moves forward', 'request ends: whole', 'request ends: in part', 'request ends: void']

function expectMet({ steps, events }: SimulationReport, ...more: string[]): void {
  assert.ok(steps >= STEPS)
  for (const event of [...MET, ...more]) assert.ok((events[event] ?? 0) > 0, `${event} was met`)
}

describe('simulation on the real engines', () => {
  it('sqlite: M10, M16, M17, M19, M23, M24: whole requests of a process that is killed by SIGKILL, and starts again, come out as the auditor says', async (context) => {
    const seed = 20_261_122
    context.diagnostic(`seed ${seed}`)
    const open = async (needs: ConstructorParameters<typeof SqliteDatabase>[0]) => new SqliteDatabase(needs)
    expectMet(await simulate({ engine: 'sqlite', open, replicas: { least: 1, most: 1 }, seed, steps: STEPS, tries: 5 }))
  })

  it(
    'postgres: M16, M17, M23–M25: whole requests of two to five stores that are killed, stopped, cut off and race come out as the auditor says',
    { skip: noPostgres },
    async (context) => {
      const seed = 20_261_122
      context.diagnostic(`seed ${seed}`)
      const open = (needs: Parameters<typeof PostgresDatabase.open>[1]) => PostgresDatabase.open(POSTGRES_URL, needs)
      const report = await simulate({ engine: 'postgres', open, replicas: { least: 2, most: 5 }, seed, steps: STEPS, tries: 5 })
      expectMet(report, 'is stopped', 'goes away', 'commits at the same time')
    },
  )
})

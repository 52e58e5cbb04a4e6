/**
 * Runs the simulation: `npm run test:simulation -- [--engine memory|sqlite|postgres] [--steps N] [--seed N]
 * [--replicas 2-5] [--without kills,stops,…] [--url postgres://…]`. Ends with 1 at a broken promise, and says how to see it again.
 */
import { parseArgs } from 'node:util'
import { inMemory } from '../../ledger/sim/memory/open.ts'
import { simulate, SimulationFailure, type Simulation } from '../../ledger/sim/simulate.ts'
import { TROUBLES, type Trouble } from '../../ledger/sim/troubles.ts'
import { POSTGRES_URL } from '../test/databases.ts'
import { PostgresDatabase } from './postgres-database.ts'
import { SqliteDatabase } from './sqlite-database.ts'

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'memory' },
    steps: { type: 'string' },
    seed: { type: 'string' },
    replicas: { type: 'string' },
    without: { type: 'string', default: '' },
    url: { type: 'string', default: POSTGRES_URL },
  },
})

type Engine = Pick<Simulation, 'open' | 'world' | 'tries' | 'replicas'> & { steps: number }

const ENGINES: Record<string, Engine> = {
  memory: { open: inMemory(), steps: 1_000_000 },
  sqlite: { open: async (needs) => new SqliteDatabase(needs), replicas: { least: 1, most: 1 }, steps: 20_000, tries: 8 },
  postgres: { open: (needs) => PostgresDatabase.open(values.url, needs), replicas: { least: 2, most: 5 }, steps: 20_000, tries: 8 },
}

async function main(): Promise<void> {
  const engine = ENGINES[values.engine]
  if (engine === undefined) throw new Error(`there is no engine ${values.engine}; there are: ${Object.keys(ENGINES).join(', ')}`)
  const seed = values.seed === undefined ? Date.now() % 2 ** 32 : Number(values.seed)
  const steps = values.steps === undefined ? engine.steps : Number(values.steps)
  const without = values.without.split(',').filter((name) => name !== '')
  const unknown = without.find((name) => !TROUBLES.includes(name as Trouble))
  if (unknown !== undefined) throw new Error(`there is no trouble ${unknown}; there are: ${TROUBLES.join(', ')}`)
  const [least = 1, most = least] = (values.replicas ?? '').split('-').map(Number)
  const replicas = values.replicas === undefined ? {} : { replicas: { least, most } }
  console.log(`simulating ${steps} steps on ${values.engine} from seed ${seed}`)
  const started = performance.now()
  const report = await simulate({ ...engine, ...replicas, engine: values.engine, seed, steps, without: without as Trouble[] })
  const seconds = (performance.now() - started) / 1_000
  console.table(report.outcomes)
  console.table(report.events)
  console.log(
    `${report.steps} steps in ${report.worlds} worlds in ${seconds.toFixed(1)} s, ${(report.steps / seconds).toFixed(0)} a second (seed ${seed}): every promise was kept`,
  )
}

try {
  await main()
} catch (error) {
  console.error(error instanceof SimulationFailure || error instanceof Error ? error.message : error)
  process.exitCode = 1
}

/**
 * `npm run test:fuzz [-- --seed N --inputs N --from N --postgres]`: many inputs, then the audit. Ends with 1 when
 * something is wrong.
 */
import { parseArgs } from 'node:util'
import { ensureInstalled } from '../../tools/support/install.ts'

ensureInstalled('tests')
const { fuzzParsers } = await import('./parsers.ts')
const { prove } = await import('./proof.ts')
const { formatFailures, formatProof } = await import('./report.ts')
const { startFuzzWorld, stopFuzzWorld } = await import('./world.ts')
const { createDatabase } = await import('../support/postgres.ts')

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    inputs: { type: 'string', default: '100000' },
    from: { type: 'string', default: '0' },
    postgres: { type: 'boolean', default: false },
  },
})
const [seed, inputs, from] = [Number(values.seed), Number(values.inputs), Number(values.from)]
/** The parsers take no time to speak of for an input, and their comparisons do. */
const PARSED_SHARE = 5

async function main(): Promise<boolean> {
  process.stdout.write(`seed ${seed}, inputs ${from} to ${from + inputs - 1}, ${values.postgres ? 'PostgreSQL' : 'SQLite'}\n`)
  const parsed = fuzzParsers({ seed, inputs: Math.ceil(inputs / PARSED_SHARE), from })
  process.stdout.write(`${parsed} inputs through the parsers of the wire\n`)
  const database = values.postgres ? await createDatabase() : undefined
  const world = await startFuzzWorld(database?.url)
  try {
    const proof = await prove(world, { seed, inputs, from })
    process.stdout.write(`${formatProof(proof)}\n`)
    if (proof.faults.length > 0) process.stdout.write(`\n${proof.faults.join('\n')}\n${formatFailures(proof.report, seed)}\n`)
    return proof.faults.length === 0
  } finally {
    await stopFuzzWorld(world)
    await database?.drop()
  }
}

process.exitCode = (await main()) ? 0 : 1

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createDatabase, postgresMissing } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { prove } from './proof.ts'
import { formatFailures, formatProof } from './report.ts'
import { startFuzzWorld, stopFuzzWorld } from './world.ts'
import type { FuzzWorld } from './world.ts'

const SEED = 20_261_122

for (const { engine, inputs, missing } of [
  { engine: 'SQLite', inputs: 4_000, missing: false },
  { engine: 'PostgreSQL', inputs: 1_000, missing: await postgresMissing() },
] as const) {
  describe(`a short run of \`npm run test:fuzz\` on ${engine}`, { skip: missing }, () => {
    let database: TestDatabase | undefined
    let world: FuzzWorld

    before(async () => {
      database = engine === 'PostgreSQL' ? await createDatabase() : undefined
      world = await startFuzzWorld(database?.url)
    })
    after(async () => {
      await stopFuzzWorld(world)
      await database?.drop()
    })

    test(`${inputs} odd requests, heads, answers and management calls: none crashes it, each is answered by a code, money is exact, nothing grows`, async () => {
      const proof = await prove(world, { seed: SEED, inputs })
      assert.deepEqual(proof.faults, [], formatFailures(proof.report, SEED))
      process.stdout.write(`${formatProof(proof)}\n`)
    })
  })
}

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { postgresMissing } from '../support/postgres.ts'
import { play } from './episode.ts'
import { describe as inWords, plan, repeat } from './plan.ts'
import type { Engine, Wish } from './plan.ts'
import { startWorld } from './world.ts'
import type { World } from './world.ts'

/** A short form of `npm run test:chaos`: the same seed each time, nothing that lasts. */
const SEED = 20_261_122
const SHORT: Omit<Wish, 'engine'> = { seed: SEED, episodes: 12, long: 0 }

const missing: Record<Engine, string | false> = { sqlite: false, postgres: await postgresMissing() }

for (const engine of ['sqlite', 'postgres'] as const) {
  describe(`killed, stopped and cut at the steps of a request on ${engine}, seed ${SEED}`, { skip: missing[engine] }, () => {
    let world: World

    before(async () => {
      world = await startWorld(engine)
    })
    after(() => world?.stop())

    for (const episode of plan({ ...SHORT, engine })) {
      test(`M16, M20, M23, M24, M25: ${inWords(episode)}`, async () => {
        const { broken } = await play(world, episode)
        assert.deepEqual(broken, [], `repeat it: ${repeat(SEED, episode, SHORT.episodes, SHORT.long)}`)
      })
    }
  })
}

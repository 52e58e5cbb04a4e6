/**
 * Kills, stops and cuts the gateway, its database and its network at every step of a request:
 * `npm run test:chaos [-- --seed N --episodes N --engine sqlite|postgres|both --long SHARE --only INDEX]`.
 * What happens follows from the seed; a broken promise is printed with the command that repeats it, and ends with 1.
 */
import { parseArgs } from 'node:util'
import { postgresMissing } from '../support/postgres.ts'
import { play } from './episode.ts'
import { describe, plan, repeat } from './plan.ts'
import type { Engine } from './plan.ts'
import { startWorld } from './world.ts'

interface Options {
  seed: number
  episodes: number
  long: number | undefined
  only: number | undefined
}

/** Plays the episodes of one engine. @returns how many promises were broken */
async function playEngine(engine: Engine, { seed, episodes, long, only }: Options): Promise<number> {
  const all = plan({ seed, engine, episodes, ...(long === undefined ? {} : { long }) })
  const chosen = only === undefined ? all : all.filter(({ index }) => index === only)
  let world = await startWorld(engine)
  let broken = 0
  let interrupted = false
  process.once('SIGINT', () => (interrupted = true))
  try {
    for (const episode of chosen) {
      if (interrupted) break
      const startedAt = performance.now()
      const outcome = await play(world, episode).catch((error: unknown) => ({ broken: [`it failed itself: ${String(error)}`], got: '?' }))
      const ok = outcome.broken.length === 0
      broken += outcome.broken.length
      const tookMs = Math.round(performance.now() - startedAt)
      print(`${ok ? 'ok    ' : 'BROKEN'} [${episode.index}] ${describe(episode)}: ${outcome.got} (${tookMs} ms)`)
      for (const violation of outcome.broken) print(`       ${violation}`)
      if (ok) continue
      print(`       repeat it: ${repeat(seed, episode, episodes, long)}`)
      // What is broken may stay so: the next episode begins where all is well.
      await world.stop()
      world = await startWorld(engine)
    }
  } finally {
    await world.stop()
  }
  return broken
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      episodes: { type: 'string', default: '60' },
      engine: { type: 'string', default: 'both' },
      long: { type: 'string' },
      only: { type: 'string' },
    },
  })
  const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text))
  const options = { seed: Number(values.seed), episodes: Number(values.episodes), long: number(values.long), only: number(values.only) }
  const engines: Engine[] = values.engine === 'both' ? ['sqlite', 'postgres'] : [values.engine as Engine]
  print(`seed ${options.seed}, ${options.episodes} episodes on each of ${engines.join(', ')}`)
  let broken = 0
  for (const engine of engines) {
    if (engine === 'postgres' && (await postgresMissing()) !== false)
      throw new Error('PostgreSQL is missing: set FAREGATE_TEST_POSTGRES_URL, or take --engine sqlite')
    broken += await playEngine(engine, options)
  }
  print(`seed ${options.seed}: ${broken === 0 ? 'every promise was kept' : `${broken} promises were broken`}`)
  // At once: Node's own clean-up spins after sockets that were reset while paused.
  process.exit(broken === 0 ? 0 : 1)
}

await main()

import { CATALOGUE } from '../faults/catalogue/index.ts'
import { Random } from './random.ts'

export type Engine = 'sqlite' | 'postgres'

/** What the call asks for that the fault is aimed at: a whole answer, one beyond a megabyte, a stream in one slice or in many. */
export const LOADS = ['whole', 'large', 'stream', 'slices'] as const
export type Load = (typeof LOADS)[number]

/** The steps of a request, each as it shows from outside, in order. */
export const STEPS = [
  'request-half-sent',
  'hold-commit',
  'hold-committed',
  'upstream-called',
  'upstream-has-request',
  'upstream-sent-head',
  'client-has-first-byte',
  'slice-commit',
  'slice-committed',
  'upstream-mid-body',
  'upstream-sent-usage',
  'upstream-ended',
  'settle-commit',
  'settle-committed',
  'client-has-last-byte',
] as const
export type Step = (typeof STEPS)[number]

/** What happens at a step. */
export const ACTIONS = [
  'kill',
  'kill-twice',
  'kill-at-write',
  'stop',
  'stop-and-take-over',
  'client-cut',
  'client-stall',
  'upstream-cut',
  'upstream-refuse',
  'upstream-stall',
  'database-cut',
  'database-refuse',
  'database-stall',
  'database-terminate',
  'database-lock',
  'database-full',
  'database-unwritable',
  'database-gone',
] as const
export type Action = (typeof ACTIONS)[number]

const OF_ONE_ENGINE: Partial<Record<Step | Action, Engine>> = {
  'hold-commit': 'postgres',
  'hold-committed': 'postgres',
  'slice-commit': 'postgres',
  'slice-committed': 'postgres',
  'settle-commit': 'postgres',
  'settle-committed': 'postgres',
  'stop-and-take-over': 'postgres',
  'database-cut': 'postgres',
  'database-refuse': 'postgres',
  'database-stall': 'postgres',
  'database-terminate': 'postgres',
  'kill-at-write': 'sqlite',
  'database-lock': 'sqlite',
  'database-full': 'sqlite',
  'database-unwritable': 'sqlite',
  'database-gone': 'sqlite',
}

/** Steps that only some loads go through. */
const OF_LOADS: Partial<Record<Step, readonly Load[]>> = {
  'slice-commit': ['slices'],
  'slice-committed': ['slices'],
  'upstream-sent-usage': ['stream', 'slices'],
}

/** Things that last, and for how long: within every limit of the gateway, or beyond it. Milliseconds. */
const BRIEFLY = { least: 100, most: 900 }
const LONG = { least: 6_000, most: 7_500 }

/** One thing that goes wrong, once. */
export interface Episode {
  index: number
  engine: Engine
  load: Load
  step: Step
  action: Action
  /** Between the step and the action, so that it also falls between steps. */
  delayMs: number
  /** How long what lasts does. */
  forMs: number
  /** For what is done at one of several writes: which. */
  nth: number
  /** What runs beside it: loads, or faults of the catalogue by name. */
  companions: string[]
}

export interface Wish {
  seed: number
  engine: Engine
  episodes: number
  /** Share of the episodes that last beyond every limit (default 0.25). */
  long?: number
}

/** The faults that are over soon and need no port of their own. */
const QUICK = CATALOGUE.filter((fault) => fault.kind !== 'connect' && fault.slow !== true && !fault.name.includes('large')).map(
  ({ name }) => name,
)

/** Every step with every action that an engine knows. */
export function pairs(engine: Engine): { step: Step; action: Action }[] {
  const known = (name: Step | Action): boolean => (OF_ONE_ENGINE[name] ?? engine) === engine
  return STEPS.filter(known).flatMap((step) => ACTIONS.filter(known).map((action) => ({ step, action })))
}

/**
 * What is going to happen, from the seed alone: every pair of step and action once, in an order of the seed's, then all
 * of them again. An episode is the same whether those before it are run or not.
 */
export function plan({ seed, engine, episodes, long = 0.25 }: Wish): Episode[] {
  const order = new Random(seed)
  const all = pairs(engine)
  const rounds = Math.ceil(episodes / all.length)
  const chosen = Array.from({ length: rounds }, () => order.shuffled(all)).flat()
  return chosen.slice(0, episodes).map((pair, index) => {
    const random = new Random(seed * 1_000_003 + index)
    const { least, most } = random.next() < long ? LONG : BRIEFLY
    return {
      index,
      engine,
      load: random.pick(OF_LOADS[pair.step] ?? LOADS),
      ...pair,
      delayMs: random.pick([0, 0, 0, 1, 2, 5, 20]),
      forMs: random.between(least, most),
      nth: random.between(1, 9),
      companions: Array.from({ length: random.between(0, 5) }, () =>
        random.pick(random.next() < 0.5 ? ['whole', 'stream', 'slices'] : QUICK),
      ),
    }
  })
}

/** An episode in a line. */
export function describe({ engine, load, step, action, delayMs, forMs, companions }: Episode): string {
  return `${engine}: ${action} at ${step} of ${load} (after ${delayMs} ms, for ${forMs} ms, beside ${companions.length})`
}

/** The command that runs an episode again. */
export function repeat(seed: number, { engine, index }: Episode, episodes: number, long?: number): string {
  const share = long === undefined ? '' : ` --long ${long}`
  return `npm run test:chaos -- --seed ${seed} --engine ${engine} --episodes ${episodes}${share} --only ${index}`
}

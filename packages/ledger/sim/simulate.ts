import { Objection } from './auditor/finding.ts'
import { TROUBLES, type Trouble } from './troubles.ts'
import { World, type WorldOptions } from './world.ts'

export interface Simulation extends Omit<WorldOptions, 'seed'> {
  seed: number
  /** Steps in all, over as many worlds as it takes. */
  steps: number
  /** Steps of one world before it comes to rest (default 3,000): it is left behind then, so that a run of millions stays small. */
  world?: number
  /** How the run is called, for the line that repeats it. */
  engine: string
  /** Worlds that are run again, at most, to make a failure small (default 40). */
  tries?: number
}

/** What a run has met: how often each outcome and event was seen. */
export interface SimulationReport {
  steps: number
  worlds: number
  outcomes: Record<string, number>
  events: Record<string, number>
}

const WORLD = 3_000
/** Lines of a trace that are printed in any case, beside those that are about the subject. */
const LAST_LINES = 25

/** A promise was broken. The message tells which, by what, and how to see it again. */
export class SimulationFailure extends Error {
  override readonly name = 'SimulationFailure'
  /** The auditor's rule. */
  readonly rule: string

  constructor(message: string, rule: string, cause: unknown) {
    super(message, { cause })
    this.rule = rule
  }
}

/** Runs worlds until their steps add up. Throws a {@link SimulationFailure} at the first broken promise. */
export async function simulate(simulation: Simulation): Promise<SimulationReport> {
  const report: SimulationReport = { steps: 0, worlds: 0, outcomes: {}, events: {} }
  for (; report.steps < simulation.steps; report.worlds++) {
    const steps = Math.min(simulation.world ?? WORLD, simulation.steps - report.steps)
    const attempt = { seed: (simulation.seed + report.worlds * 7_919) >>> 0, steps, without: simulation.without ?? [] }
    const run = await runWorld(simulation, attempt, report)
    if (run !== undefined) throw await failureOf(simulation, run)
  }
  return report
}

/** One world: the same seed, steps and troubles make the same world. */
interface Attempt {
  seed: number
  steps: number
  without: readonly Trouble[]
}

interface Failed extends Attempt {
  error: Error
  rule: string
  trace: string[]
}

/** Answers what went wrong. */
async function runWorld(simulation: Simulation, attempt: Attempt, report?: SimulationReport): Promise<Failed | undefined> {
  const world = await World.open({ ...simulation, seed: attempt.seed, without: attempt.without })
  let step = 0
  try {
    await world.begin()
    for (; step < attempt.steps; step++) await world.step()
    await world.rest()
    if (report !== undefined) note(report, world)
    return undefined
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const subject = error instanceof Objection ? error.subject : ''
    const rule = error instanceof Objection ? error.rule : error.message
    return { ...attempt, steps: Math.min(step + 1, attempt.steps), error, rule, trace: world.trace.about(subject, LAST_LINES) }
  } finally {
    await world.close()
  }
}

function note(report: SimulationReport, world: World): void {
  report.steps += world.trace.steps
  const { outcomes, events } = world.witness.tally
  for (const [name, count] of Object.entries(outcomes)) report.outcomes[name] = (report.outcomes[name] ?? 0) + count
  for (const [name, count] of Object.entries(events)) report.events[name] = (report.events[name] ?? 0) + count
}

async function failureOf(simulation: Simulation, first: Failed): Promise<SimulationFailure> {
  const smallest = await shrink(simulation, first)
  const { seed, steps, without, error, rule, trace } = smallest
  const options = [
    `--engine ${simulation.engine} --seed ${seed} --steps ${steps}`,
    ...(simulation.replicas === undefined ? [] : [`--replicas ${simulation.replicas.least}-${simulation.replicas.most}`]),
    ...(without.length === 0 ? [] : [`--without ${without.join(',')}`]),
  ]
  const lines = [
    error.message,
    `seed ${seed}, step ${steps} (first seen at step ${first.steps}${without.length > 0 ? `; it needs no ${without.join(', no ')}` : ''})`,
    `again: npm run test:simulation -- ${options.join(' ')}`,
    ...trace,
  ]
  return new SimulationFailure(lines.join('\n'), rule, error)
}

/** The fewest steps, and the least trouble, that still break the same promise. */
async function shrink(simulation: Simulation, first: Failed): Promise<Failed> {
  let smallest = first
  const budget = { tries: simulation.tries ?? 40 }
  const attempt = async (steps: number, without: readonly Trouble[]): Promise<boolean> => {
    if (budget.tries-- <= 0) return false
    const failed = await runWorld(simulation, { seed: first.seed, steps, without })
    if (failed?.rule !== first.rule) return false
    smallest = failed
    return true
  }
  const truncate = async (): Promise<void> => {
    for (let low = 0; smallest.steps - low > 1 && budget.tries > 0;) {
      const middle = Math.floor((low + smallest.steps) / 2)
      if (!(await attempt(middle, smallest.without))) low = middle
    }
  }
  await truncate()
  const left = (): Trouble[] => TROUBLES.filter((trouble) => !smallest.without.includes(trouble))
  for (const trouble of left()) await attempt(smallest.steps, [...smallest.without, trouble])
  await truncate()
  return smallest
}

import { deepEqual, ok } from 'node:assert/strict'
import { recoverySettle } from '../src/recovery.ts'
import type { Operation, Outcome } from '../src/types.ts'
import { verify } from '../src/verify/verifier.ts'
import { memoryEngine, memoryStorage, rowsOf, type MemoryStorage } from '../test/memory-engine.ts'
import { Auditor } from './auditor/auditor.ts'
import { Generator } from './generator.ts'
import { Prng } from './prng.ts'

const MINUTE = 60_000
const DAY = 1_440 * MINUTE
/** A world is left behind after this many operations, so that a run of millions stays small. */
const WORLD = 2_000

export interface SimulationReport {
  steps: number
  /** How often each outcome was seen, so that a run that only saw refusals shows. */
  outcomes: Record<string, number>
  crashes: number
}

/** Runs operations against the machine and the auditor; throws at the first difference, naming the seed that shows it again. */
export async function simulate(steps: number, seed: number): Promise<SimulationReport> {
  const report: SimulationReport = { steps: 0, outcomes: {}, crashes: 0 }
  for (let world = 0; report.steps < steps; world++) {
    const worldSeed = (seed + world * 7_919) >>> 0
    try {
      await runWorld(Math.min(WORLD, steps - report.steps), new Prng(worldSeed), report)
    } catch (error) {
      throw new Error(`the ledger differs from its auditor: run again with --steps ${WORLD} --seed ${worldSeed}`, { cause: error })
    }
  }
  return report
}

interface Run {
  random: Prng
  storage: MemoryStorage
  commit(operations: Operation[]): Outcome[]
  generator: Generator
  auditor: Auditor
  now: number
  report: SimulationReport
}

async function runWorld(steps: number, random: Prng, report: SimulationReport): Promise<void> {
  const zone = random.pick(['UTC', 'Europe/Berlin', 'America/New_York']) ?? 'UTC'
  const storage = memoryStorage()
  const run: Run = {
    random,
    storage,
    commit: () => [],
    generator: new Generator(random, zone),
    auditor: new Auditor(zone),
    now: Date.UTC(2026, random.pick([2, 9, 10]) ?? 0, random.between(20, 31), 12),
    report,
  }
  const engine = memoryEngine(storage, () => run.now)
  run.commit = (operations) => engine.commitNow(operations.map((operation) => ({ operation })))
  judge(run, run.generator.opening())
  const until = report.steps + steps
  while (report.steps < until) step(run)
  const { violations } = await verify(rowsOf(storage, allInstances(storage)))
  deepEqual(violations, [])
}

function step(run: Run): void {
  moveClock(run)
  if (run.random.chance(0.003)) return crash(run)
  const size = run.random.chance(0.7) ? 1 : run.random.between(2, 12)
  const batch = Array.from({ length: size }, () => run.generator.next(run.now))
  // A crash before the commit leaves no trace; after it, the same ids come again, in the same batch.
  judge(run, batch)
  if (run.random.chance(0.01)) judge(run, batch)
}

function moveClock(run: Run): void {
  if (run.random.chance(0.002)) run.now += run.random.between(1, 20) * DAY
  else if (run.random.chance(0.005)) run.now -= run.random.between(1, 90) * MINUTE
  else run.now += run.random.between(0, 3 * MINUTE)
}

function judge(run: Run, batch: Operation[]): void {
  const outcomes = run.commit(batch)
  batch.forEach((operation, index) => {
    const outcome = outcomes[index]
    ok(outcome)
    run.auditor.judge(operation, outcome, run.now)
    run.generator.observe(operation, outcome)
    run.report.outcomes[outcome.status] = (run.report.outcomes[outcome.status] ?? 0) + 1
  })
  run.report.steps += batch.length
  for (const [id, expected] of run.auditor.balances()) {
    const { granted, expired, posted, held } = run.storage.accounts.get(id) ?? { granted: 0n, expired: 0n, posted: 0n, held: 0n }
    const agrees = granted === expected.granted && expired === expected.expired && posted === expected.posted && held === expected.held
    if (!agrees) deepEqual({ id, granted, expired, posted, held }, { id, ...expected })
  }
}

/** An instance is killed: another finds its open holds among the entries and resolves them by their marks (M23). */
function crash(run: Run): void {
  const dead = run.generator.kill()
  const recoverer = run.generator.live[0] ?? 1
  const open = new Map<string, Parameters<typeof recoverySettle>[1][number][]>()
  for (const entry of run.storage.entries.values()) {
    if (entry.kind !== 'hold' || entry.instance !== dead || entry.request === null) continue
    if (!run.storage.entries.has(`${entry.request}.settle`)) open.set(entry.request, [...(open.get(entry.request) ?? []), entry])
  }
  const settles = [...open].map(([request, holds]) => recoverySettle(request, holds, recoverer))
  if (settles.length > 0) judge(run, settles)
  for (const { request } of settles) ok(run.storage.entries.has(`${request}.settle`))
  run.report.crashes += 1
}

function allInstances(storage: MemoryStorage): number[] {
  return [...new Set([...storage.entries.values()].map((entry) => entry.instance ?? 0))]
}

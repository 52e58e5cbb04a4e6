import { readFileSync } from 'node:fs'
import { coreSeconds, cpuSeconds, QUIET, threadSeconds } from './cores.ts'
import { percent } from './figures.ts'
import { runScript } from './processes.ts'
import type { Script } from './processes.ts'
import type { Target } from './targets.ts'

/** Above this share of core 1, what is measured may be the load and not the proxy. */
const SATURATED = 0.9

/** What every load generator prints. */
export interface Loaded {
  /** Whole answers, each compared with what the upstream sent. */
  requests: number
  errors: number
  /** What was wrong first. */
  error?: string
  /** From the first request to the last answer. */
  elapsedMs: number
  /** Processor time of the load generator in that while. */
  cpuMs: number
}

/** What everyone used while a load ran. */
export interface Used {
  perSecond: number
  /** Processor time of the measured process with all its threads, per request. */
  cpuMicros: number
  /** Of that, what its threads had, by their names. */
  threads: Map<string, number>
  /** Share of one core that the measured process used. */
  busy: number
  /** Share of one core that load and upstream used together. */
  aroundBusy: number
  /** Share of core 0 that anything else used. */
  others: number
}

/** Resident memory of a process with all its threads, in MB. */
export function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
}

/**
 * Puts a load on a target, reads beside it how much processor time everyone took, and has the target prove that it did
 * what it is there for. Throws when it did not.
 */
export async function measure<T extends Loaded>(script: string, load: object, target: Target, upstream: Script): Promise<T & Used> {
  const session = await target.open()
  const before = {
    measured: cpuSeconds(target.pid),
    threads: threadSeconds(target.pid),
    upstream: cpuSeconds(upstream.pid),
    core: coreSeconds(),
  }
  const loaded = await runScript<T>(script, { ...load, port: target.port, headers: session.headers })
  const seconds = loaded.elapsedMs / 1_000
  const measured = cpuSeconds(target.pid) - before.measured
  const threads = [...threadSeconds(target.pid)].map(([name, used]) => [name, used - (before.threads.get(name) ?? 0)] as const)
  const core = coreSeconds() - before.core
  const around = cpuSeconds(upstream.pid) - before.upstream + loaded.cpuMs / 1_000
  if (loaded.errors === 0) await session.prove(loaded.requests)
  return {
    ...loaded,
    perSecond: loaded.requests / seconds,
    cpuMicros: (measured * 1e6) / loaded.requests,
    threads: new Map(threads.map(([name, used]) => [name, (used * 1e6) / loaded.requests])),
    busy: measured / seconds,
    aroundBusy: around / seconds,
    others: target.pid === upstream.pid ? core / seconds : Math.max(0, core - measured) / seconds,
  }
}

/** Whether others were on the core of the measured process so much that its times say nothing. */
export function disturbed(runs: Used[]): boolean {
  return runs.some(({ others }) => others > QUIET)
}

/** Why a run does not count, or undefined. */
export function objection(run: Loaded & Used): string | undefined {
  if (run.errors > 0) return `${run.errors} connections met an error: ${run.error}`
  if (run.aroundBusy > SATURATED)
    return `load and upstream kept core 1 busy for ${percent(run.aroundBusy)}, so they may be what was measured`
  return undefined
}

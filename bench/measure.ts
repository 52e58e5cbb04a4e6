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
  /** Whole answers, each compared with what it has to be. */
  requests: number
  errors: number
  /** What was wrong first. */
  error?: string
  /** From the first request to the last answer. */
  elapsedMs: number
  /** Processor time of the load generator in that while. */
  cpuMs: number
}

/** What a load generator is told, beside what it is made for. */
export interface Sent {
  path: string
  body: string
  /** A target that translates answers this in the caller's words; all others pass it to an upstream that speaks them itself. */
  translated?: boolean
  [setting: string]: unknown
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
  /** Shares of core 0 and of core 1 that anything else used. */
  others: number
  othersAround: number
}

/** Resident memory of a process with all its threads, in MB. */
export function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
}

/** What everyone has used by some moment, in seconds. */
interface Reading {
  measured: number
  threads: Map<string, number>
  upstream: number
  cores: readonly [number, number]
}

function reading(target: Target, upstream: Script): Reading {
  return {
    measured: cpuSeconds(target.pid),
    threads: threadSeconds(target.pid),
    upstream: cpuSeconds(upstream.pid),
    cores: [coreSeconds(0), coreSeconds(1)],
  }
}

/**
 * Puts a load on a target, reads beside it how much processor time everyone took, and has the target prove that it did
 * what it is there for. Throws when it did not.
 */
export async function measure<T extends Loaded>(script: string, load: Sent, target: Target, upstream: Script): Promise<T & Used> {
  const session = await target.open()
  const before = reading(target, upstream)
  const loaded = await runScript<T>(script, {
    ...load,
    translated: load.translated === true && session.translates === true,
    port: target.port,
    headers: session.headers,
  })
  const after = reading(target, upstream)
  if (loaded.errors === 0) await session.prove(loaded.requests)
  const share = (seconds: number): number => (Math.max(0, seconds) * 1_000) / loaded.elapsedMs
  const perRequest = (seconds: number): number => (seconds * 1e6) / loaded.requests
  const measured = after.measured - before.measured
  const around = after.upstream - before.upstream + loaded.cpuMs / 1_000
  const threads = [...after.threads].map(([name, used]) => [name, perRequest(used - (before.threads.get(name) ?? 0))] as const)
  return {
    ...loaded,
    perSecond: (loaded.requests * 1_000) / loaded.elapsedMs,
    cpuMicros: perRequest(measured),
    threads: new Map(threads),
    busy: share(measured),
    aroundBusy: share(around),
    others: share(after.cores[0] - before.cores[0] - (target.pid === upstream.pid ? 0 : measured)),
    othersAround: share(after.cores[1] - before.cores[1] - around),
  }
}

/** Whether others were on the cores so much that times say nothing. */
export function disturbed(runs: Used[]): boolean {
  return runs.some(({ others, othersAround }) => others > QUIET || othersAround > QUIET)
}

/** Whether load and upstream could not get enough of core 1, so that rates say nothing. */
export function starved(runs: Used[]): boolean {
  return runs.some(({ aroundBusy, othersAround }) => othersAround > QUIET && aroundBusy + othersAround > SATURATED)
}

/** Whether load and upstream had so much of their core that they may be what was measured: then only processor time counts. */
export function limited({ aroundBusy }: Used): boolean {
  return aroundBusy > SATURATED
}

/** Why a run does not count, or undefined. */
export function objection(run: Loaded & Used): string | undefined {
  if (run.errors > 0) return `${run.errors} connections met an error: ${run.error}`
  if (limited(run)) return `load and upstream kept core 1 busy for ${percent(run.aroundBusy)}, so they may be what was measured`
  return undefined
}

import { readFileSync } from 'node:fs'
import type { Load, Loaded } from './load.ts'
import { runScript } from './processes.ts'

/** Above this share of core 1, what is measured may be the load and not the proxy. */
const SATURATED = 0.9
const TICKS_PER_SECOND = 100

/** One run of one proxy under a load. */
export interface Run extends Loaded {
  perSecond: number
  /** Processor time of the measured process with all its threads, per request. */
  cpuMicros: number
  /** Share of one core that the measured process used. */
  busy: number
  /** Share of one core that load and upstream used together. */
  aroundBusy: number
}

/** Processor time of a process with all its threads, ended ones too, in seconds. */
export function cpuSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/** Resident memory of a process with all its threads, in MB. */
export function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
}

export function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Puts a load on a proxy and reads beside it how much processor time everyone took. */
export async function measureRun(load: Load, measured: number, upstream: number): Promise<Run> {
  const before = { measured: cpuSeconds(measured), upstream: cpuSeconds(upstream) }
  const result = await runScript<Loaded>('load.ts', load)
  const seconds = result.elapsedMs / 1_000
  const used = cpuSeconds(measured) - before.measured
  return {
    ...result,
    perSecond: result.requests / seconds,
    cpuMicros: (used * 1e6) / result.requests,
    busy: used / seconds,
    aroundBusy: (cpuSeconds(upstream) - before.upstream + result.cpuMs / 1_000) / seconds,
  }
}

/** Why a run does not count, or undefined. */
export function objection(run: Run): string | undefined {
  if (run.errors > 0) return `${run.errors} connections met an error: ${run.error}`
  if (run.aroundBusy > SATURATED)
    return `load and upstream kept core 1 busy for ${percent(run.aroundBusy)}, so they may be what was measured`
  return undefined
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`
}

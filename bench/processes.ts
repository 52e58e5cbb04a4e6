import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess, ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Load, Loaded } from './load.ts'

const canPin = availableParallelism() > 1 && spawnSync('taskset', ['-c', '0', 'true']).status === 0

/** The words before a command that keep it on one core: 0 is what is measured, 1 is everything around it. */
export function onCore(core: 0 | 1): string[] {
  return canPin ? ['taskset', '-c', String(core)] : []
}

/** How the processes are kept apart, for the head of the report. */
export function pinning(): string {
  return canPin ? 'measured process on core 0, upstream and load on core 1' : 'not pinned: one core, or no taskset'
}

/** Runs a script of this folder on a core. */
function spawnScript(file: string, args: string[], core: 0 | 1): ChildProcessByStdio<null, Readable, null> {
  const words = [...onCore(core), process.execPath, join(import.meta.dirname, file), ...args]
  return spawn(words[0] ?? process.execPath, words.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Starts a script of this folder that prints its port. */
export async function startScript(file: string, args: string[], core: 0 | 1): Promise<{ child: ChildProcess; port: number }> {
  const child = spawnScript(file, args, core)
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, port: Number(said.toString().trim()) }
}

/** Runs the load generator to its end. */
export async function runLoad(load: Load): Promise<Loaded> {
  const child = spawnScript('load.ts', [JSON.stringify(load)], 1)
  let said = ''
  child.stdout.on('data', (piece: Buffer) => (said += piece.toString('utf8')))
  await once(child, 'close')
  return JSON.parse(said) as Loaded
}

/** Resident memory of a process with all its threads, in MB. */
export function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
}

export function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

/** 0 is what is measured, 1 is everything around it. */
type Core = 0 | 1 | 'any'

/** Whether processes are kept on cores. */
export const pinned = availableParallelism() > 1 && spawnSync('taskset', ['-c', '0', 'true']).status === 0
/** Longer than any run: what is not answered by then never is. */
const MOST_MS = 600_000
const endings = new Set<() => unknown>()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void end().then(() => process.exit(1)))

/** Registers what must not outlive the bench; runs at {@link end}, also when a signal ends it. */
export function atEnd(ending: () => unknown): void {
  endings.add(ending)
}

/** Ends everything that was started, the last first. */
export async function end(): Promise<void> {
  for (const ending of [...endings].toReversed()) {
    endings.delete(ending)
    await ending()
  }
}

/** The words before a command that keep it on one core. */
export function onCore(core: Core): string[] {
  return pinned && core !== 'any' ? ['taskset', '-c', String(core)] : []
}

/** How the processes are kept apart, for the head of the report. */
export function pinning(): string {
  return pinned ? 'the measured process on core 0, upstream and load on core 1' : 'not pinned: one core, or no taskset'
}

export interface Script {
  pid: number
  port: number
}

/** Starts a script of this folder that prints its port; it ends with the bench. */
export async function startScript(file: string, args: string[], core: Core): Promise<Script> {
  const child = spawnScript(file, args, core)
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`bench/${file} ended with ${code}`)))
  const [said] = (await Promise.race([once(child.stdout ?? child, 'data'), ended])) as [Buffer]
  return { pid: child.pid ?? -1, port: Number(said.toString().trim()) }
}

/** Runs a script of this folder to its end, with flags for Node, and gives the JSON that it prints. Throws when it fails or never ends. */
export async function runScript<T>(file: string, input: unknown, core: Core = 1, flags: string[] = []): Promise<T> {
  const child = spawnScript(file, [JSON.stringify(input)], core, flags)
  let said = ''
  child.stdout?.on('data', (piece: Buffer) => (said += piece.toString('utf8')))
  const late = setTimeout(() => child.kill('SIGKILL'), MOST_MS)
  const [code] = (await once(child, 'close')) as [number | null]
  clearTimeout(late)
  if (code !== 0) throw new Error(`bench/${file} ended with ${code ?? `a signal, after ${MOST_MS / 1_000} s at most`}`)
  return JSON.parse(said) as T
}

function spawnScript(file: string, args: string[], core: Core, flags: string[] = []): ChildProcess {
  const words = [...onCore(core), process.execPath, ...flags, join(import.meta.dirname, file), ...args]
  const child = spawn(words[0] ?? process.execPath, words.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] })
  const kill = (): boolean => child.kill('SIGKILL')
  atEnd(kill)
  child.once('close', () => endings.delete(kill))
  return child
}

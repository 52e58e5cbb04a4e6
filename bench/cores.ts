import { readdirSync, readFileSync } from 'node:fs'
import { pinned } from './processes.ts'

const TICKS_PER_SECOND = 100

/** More than this of a core in other hands, and what was measured is the others, too. */
export const QUIET = 0.1

/** Processor time of a process with all its threads, ended ones too, in seconds. */
export function cpuSeconds(pid: number): number {
  return readStat(`/proc/${pid}/stat`).seconds
}

/** Processor time of the threads of a process, by their names, in seconds; threads of one name together. */
export function threadSeconds(pid: number): Map<string, number> {
  const threads = new Map<string, number>()
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const { name, seconds } = readStat(`/proc/${pid}/task/${thread}/stat`)
    threads.set(name, (threads.get(name) ?? 0) + seconds)
  }
  return threads
}

function readStat(file: string): { name: string; seconds: number } {
  const text = readFileSync(file, 'utf8')
  const end = text.lastIndexOf(')')
  const fields = text.slice(end + 2).split(' ')
  return { name: text.slice(text.indexOf('(') + 1, end), seconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND }
}

/**
 * What all processes together, and other machines on the same hardware, have had of a core, in seconds. Interrupts are
 * left out: the kernel counts them for no process.
 */
export function coreSeconds(core: 0 | 1): number {
  if (!pinned) return 0
  const row = new RegExp(`^cpu${core} (.*)$`, 'm').exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? ''
  const [user = 0, nice = 0, system = 0, , , , , stolen = 0] = row.split(' ').map(Number)
  return (user + nice + system + stolen) / TICKS_PER_SECOND
}

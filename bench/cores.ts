import { readFileSync } from 'node:fs'
import { pinned } from './processes.ts'

const TICKS_PER_SECOND = 100

/** More than this on core 0 beside the measured process, and what was measured is the others, too. */
export const QUIET = 0.05

/** Processor time of a process with all its threads, ended ones too, in seconds. */
export function cpuSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/**
 * What all processes together, and other machines on the same hardware, have had of core 0, in seconds. Interrupts are
 * left out: the kernel counts them for no process.
 */
export function coreSeconds(): number {
  if (!pinned) return 0
  const row = /^cpu0 (.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? ''
  const [user = 0, nice = 0, system = 0, , , , , stolen = 0] = row.split(' ').map(Number)
  return (user + nice + system + stolen) / TICKS_PER_SECOND
}

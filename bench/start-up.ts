import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pause } from '../tests/support/wait.ts'
import { coreSeconds, QUIET } from './cores.ts'
import { median, percent } from './figures.ts'
import { residentMb } from './measure.ts'
import { atEnd } from './processes.ts'
import type { Section } from './report.ts'

const STARTS = 5
const IDLE_MS = 10_000
const MOST_READY_MS = 1_500
const MOST_IDLE_MB = 150

interface Started {
  readyMs: number
  /** The process that listens: below npm and its shell. */
  pid: number
  stop(): Promise<void>
}

/** From `npm start` to the ready line with data from an earlier run, and resident memory after ten idle seconds. */
export async function startUp(): Promise<Section> {
  const data = mkdtempSync(join(tmpdir(), 'faregate-bench-'))
  atEnd(() => rmSync(data, { recursive: true, force: true }))
  await (await start(data)).stop()
  const times: number[] = []
  for (let count = 1; count < STARTS; count++) {
    const gateway = await start(data)
    times.push(gateway.readyMs)
    await gateway.stop()
  }
  const last = await start(data)
  times.push(last.readyMs)
  const before = coreSeconds(0) + coreSeconds(1)
  await pause(IDLE_MS)
  const others = (coreSeconds(0) + coreSeconds(1) - before) / 2 / (IDLE_MS / 1_000)
  const idle = residentMb(last.pid)
  await last.stop()
  const ready = median(times)
  return {
    title: 'Start and idle memory',
    about: `\`npm start\` on data of an earlier run, median of ${STARTS} starts, both cores. Idle: resident memory, with all threads, ${IDLE_MS / 1_000} s after the ready line; others had ${percent(others)} of the cores then.`,
    table: [],
    notes: [],
    goals: [
      {
        what: 'ready after',
        goal: `≤ ${MOST_READY_MS} ms`,
        measured: `${ready.toFixed(0)} ms`,
        reached: others > QUIET ? undefined : ready <= MOST_READY_MS,
      },
      { what: 'idle memory', goal: `≤ ${MOST_IDLE_MB} MB`, measured: `${idle.toFixed(0)} MB`, reached: idle <= MOST_IDLE_MB },
    ],
  }
}

async function start(data: string): Promise<Started> {
  const begun = performance.now()
  const npm = spawn('npm', ['start', '--', '--data', data, '--port', '0'], {
    cwd: join(import.meta.dirname, '..'),
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` },
  })
  atEnd(() => npm.kill('SIGTERM'))
  await new Promise<void>((resolve, reject) => {
    let said = ''
    npm.stdout.on('data', (piece: Buffer) => {
      said += piece.toString('utf8')
      if (said.includes('Faregate is ready on')) resolve()
    })
    npm.on('exit', (code) => reject(new Error(`npm start ended with ${code}:\n${said}`)))
  })
  const readyMs = performance.now() - begun
  const pid = deepest(npm.pid ?? -1)
  const stop = async (): Promise<void> => {
    process.kill(pid, 'SIGTERM')
    if (npm.exitCode === null) await once(npm, 'exit')
  }
  return { readyMs, pid, stop }
}

/** The last of a chain of processes that run the launcher: npm, perhaps a shell, perhaps a launcher under another Node. */
function deepest(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
  const next = children.find((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('faregate.mjs'))
  return next === undefined ? pid : deepest(next)
}

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { TestContext } from 'node:test'

const LAUNCHER = fileURLToPath(new URL('../../../../bin/faregate.mjs', import.meta.url))

export interface Child {
  process: ChildProcess
  output(): string
  url: string
  /** Exit code, or the signal's name. */
  ended: Promise<number | string>
}

/** `faregate start` as a process of its own, ended at the latest with the test. */
export function launch(t: TestContext, args: string[]): Child {
  const child = spawn(process.execPath, [LAUNCHER, 'start', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
  })
  t.after(() => child.kill('SIGKILL'))
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (text += piece.toString()))
  const ended = once(child, 'exit').then(([code, signal]: (number | string | null)[]) => code ?? signal ?? '')
  return { process: child, output: () => text, url: '', ended }
}

/** The same, once it serves. Rejects when it ends before. */
export async function started(t: TestContext, args: string[]): Promise<Child> {
  const child = launch(t, args)
  const ready = new Promise<string>((resolve) => {
    child.process.stdout?.on('data', () => {
      const url = /Faregate is ready on (https?:\/\/\S+)/.exec(child.output())?.[1]
      if (url !== undefined) resolve(url)
    })
  })
  const url = await Promise.race([
    ready,
    child.ended.then(() => Promise.reject(new Error(`it ended before it served:\n${child.output()}`))),
  ])
  return { ...child, url }
}

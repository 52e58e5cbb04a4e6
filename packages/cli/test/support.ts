import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { environmentVariables } from '@faregate/providers'
import { run } from '../src/program.ts'

export const LAUNCHER = join(import.meta.dirname, '../../../bin/faregate.mjs')
const READY = /Faregate is ready on (\S+)/

export interface Started {
  child: ChildProcess
  url: string
}

/** A folder that is removed after the test. */
export function temporaryFolder(context: { after(work: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'faregate-cli-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Runs a command that starts the gateway; resolves when it serves, rejects with its output when it ends before. */
export async function startBy(
  command: string,
  args: string[],
  options: { cwd: string; environment?: NodeJS.ProcessEnv },
): Promise<Started> {
  const environment = { ...quiet(process.env), ...options.environment }
  const child = spawn(command, args, { cwd: options.cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const ready = new Promise<string>((resolve) => {
    const look = (piece: Buffer) => {
      output += piece.toString('utf8')
      const url = READY.exec(output)?.[1]
      if (url !== undefined) resolve(url)
    }
    child.stdout.on('data', look)
    child.stderr.on('data', look)
  })
  const ended = once(child, 'close').then(([code]) => Promise.reject(new Error(`ended with ${String(code)} before it served:\n${output}`)))
  return { child, url: await Promise.race([ready, ended]) }
}

/** Without what would connect real providers, another gateway, or npm's own marks. */
function quiet(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const connecting = new Set(environmentVariables())
  const kept = Object.entries(environment).filter(
    ([name]) => !connecting.has(name) && !name.startsWith('FAREGATE_') && name !== 'npm_command',
  )
  return Object.fromEntries(kept)
}

/** What a command line printed and how it ended. */
export interface Said {
  code: number
  stdout: string
  stderr: string
}

/** Runs one command line in this process, against the gateway of a data folder. */
export async function faregate(environment: NodeJS.ProcessEnv, ...args: string[]): Promise<Said> {
  const said: Said = { code: -1, stdout: '', stderr: '' }
  said.code = await run(args, {
    environment,
    stdout: (text) => (said.stdout += text),
    stderr: (text) => (said.stderr += text),
  })
  return said
}

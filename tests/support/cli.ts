import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { ROOT } from './gateway.ts'
import type { Gateway } from './gateway.ts'

export interface Ran {
  code: number
  stdout: string
  stderr: string
}

/** Runs a program to its end. */
export async function run(command: string, args: string[], options: { cwd?: string; env?: Record<string, string> } = {}): Promise<Ran> {
  const child = spawn(command, args, {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString('utf8')))
  child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString('utf8')))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code: code ?? -1, stdout, stderr }
}

/** Runs `faregate …` as the operator of a running gateway would. */
export function faregate(args: string[], gateway?: Gateway, env: Record<string, string> = {}): Promise<Ran> {
  const connection = gateway === undefined ? {} : { FAREGATE_URL: gateway.url, FAREGATE_TOKEN: gateway.token }
  return run(process.execPath, [join(ROOT, 'bin/faregate.mjs'), ...args], { env: { ...connection, ...env } })
}

/** Runs a line that a fix says, in a shell, exactly as it is written. */
export function inShell(line: string, { url, token }: { url: string; token: string }): Promise<Ran> {
  const script = `faregate() { '${process.execPath}' '${join(ROOT, 'bin/faregate.mjs')}' "$@"; }; ${line}`
  return run('sh', ['-c', script], { env: { FAREGATE_URL: url, FAREGATE_TOKEN: token } })
}

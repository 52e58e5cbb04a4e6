import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { environmentVariables } from '@faregate/providers'

export interface Running {
  /** Where it serves. */
  url: string
  child: ChildProcess
  /** Sends SIGTERM and waits. @returns the exit code, or null when a signal ended it */
  stop(): Promise<number | null>
}

interface StartOptions {
  cwd: string
  environment?: NodeJS.ProcessEnv
  /** After this it counts as failed; default 60 s. */
  withinMs?: number
}

const READY = /Faregate is ready on (https?:\/\/\S+)/

/** Runs a command that starts the gateway and resolves when it says that it serves; rejects with its output when it does not. */
export async function startGateway(command: string, args: string[], options: StartOptions): Promise<Running> {
  const child = spawn(command, args, { cwd: options.cwd, env: options.environment ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const url = await new Promise<string>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${[command, ...args].join(' ')} ${why}:\n${output}`))
    const late = setTimeout(() => {
      child.kill('SIGKILL')
      fail('did not serve in time')
    }, options.withinMs ?? 60_000)
    const look = (piece: Buffer) => {
      output += piece.toString('utf8')
      const found = READY.exec(output)?.[1]
      if (found === undefined) return
      clearTimeout(late)
      resolve(found)
    }
    child.stdout.on('data', look)
    child.stderr.on('data', look)
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      clearTimeout(late)
      fail(`ended with ${code ?? signal ?? '?'}`)
    })
  })
  return { url, child, stop: () => stop(child) }
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
  return child.exitCode
}

/** The environment without what would connect real providers or another gateway: demos and smoke tests stay offline. */
export function offlineEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const connecting = new Set(environmentVariables())
  const ours = Object.entries(environment).filter(([name]) => !connecting.has(name) && !name.startsWith('FAREGATE_'))
  return Object.fromEntries(ours)
}

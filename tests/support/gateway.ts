import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManagementApi } from './api.ts'
import type { NewKey } from './api.ts'
import { json, send } from './http.ts'
import type { Answer, Sent } from './http.ts'
import { rememberBody } from './secrets/canaries.ts'
import { leaksOf, rememberMade, rememberStart, reportLeaks } from './secrets/recorder.ts'

export const ROOT = join(import.meta.dirname, '../..')
const LAUNCHER = join(ROOT, 'bin/faregate.mjs')
const READY = /Faregate is ready on (https?:\/\/\S+:\d+)/

export interface GatewayOptions {
  /** The configuration file: an object (written as JSON, which is YAML), or its text; absent: none. */
  config?: Record<string, unknown> | string
  /** A data directory to reuse; absent: a new one, removed by `stop`. */
  data?: string
  databaseUrl?: string
  args?: string[]
  env?: Record<string, string>
  /** A command that runs the gateway: `['strace', '-f', …]`. */
  wrap?: string[]
  readyWithinMs?: number
  /** No flags at all: what the environment and the empty folder make of it. */
  bare?: boolean
  /** False: what it leaves is not searched for secrets when it stops. */
  searched?: boolean
}

export interface Customer {
  organization: string
  application: string
  keyId: string
  key: string
  /** With which its requests are signed. */
  signingSecret?: string
}

/** A running `faregate start`, started as an operator would, seen only through its output and its sockets. */
export class Gateway {
  readonly options: GatewayOptions
  readonly data: string
  url = ''
  output = ''
  /** Milliseconds from spawn to the ready line. */
  readyMs = 0
  /** Something else may end it: that it ends is no news then. */
  mayEnd = false
  #child: ChildProcess | undefined
  /** What was printed before the last start. */
  readonly #earlier: string[] = []
  readonly #temporary: boolean

  constructor(options: GatewayOptions) {
    this.options = options
    this.#temporary = options.data === undefined
    this.data = options.data ?? mkdtempSync(join(tmpdir(), 'faregate-test-'))
  }

  get pid(): number {
    return this.#child?.pid ?? -1
  }

  /** What was printed, start by start. */
  get outputs(): string[] {
    return [...this.#earlier, this.output]
  }

  get api(): ManagementApi {
    return new ManagementApi(this.url, this.token)
  }

  get token(): string {
    return readFileSync(join(this.data, 'operator-token'), 'utf8').trim()
  }

  /** Spawns and waits for the ready line. A restart goes to the same port, so that clients find it again. */
  async start(): Promise<this> {
    const startedAt = performance.now()
    const child = this.#spawn()
    const exited = once(child, 'exit').then(([code, signal]) => `exited with ${code ?? signal}`)
    const limit = this.options.readyWithinMs ?? 30_000
    const ready = new Promise<string>((found) => {
      const look = (piece: Buffer): void => {
        this.output += piece.toString('utf8')
        const match = READY.exec(this.output)
        if (match?.[1] !== undefined) found(match[1])
      }
      child.stdout?.on('data', look)
      child.stderr?.on('data', look)
    })
    const late = new Promise<string>((resolve) => setTimeout(resolve, limit, `not ready within ${limit} ms`).unref())
    const first = await Promise.race([ready, exited, late])
    if (!first.startsWith('http')) {
      child.kill('SIGKILL')
      throw new Error(`faregate start ${first}\n${this.output.slice(-3_000)}`)
    }
    this.url = first
    rememberMade(this.data)
    child.on('exit', (code, signal) => {
      if (child.killed || code === 0 || this.mayEnd) return
      process.stderr.write(`the gateway ended by itself with ${code ?? signal}:\n${this.output.slice(-3_000)}\n`)
    })
    this.readyMs = performance.now() - startedAt
    return this
  }

  #spawn(): ChildProcess {
    const { config, databaseUrl, args = [], env = {}, wrap = [] } = this.options
    rememberStart(config, env)
    this.#earlier.push(this.output)
    this.output = ''
    const port = this.url === '' ? '0' : new URL(this.url).port
    const flags = ['start', '--data', this.data, '--port', port]
    if (config !== undefined) {
      const file = join(this.data, 'faregate.yaml')
      writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config, null, 2))
      flags.push('--config', file)
    }
    const [command = process.execPath, ...rest] = [
      ...wrap,
      process.execPath,
      LAUNCHER,
      ...(this.options.bare === true ? ['start'] : flags),
      ...args,
    ]
    this.#child = spawn(command, rest, {
      cwd: this.data,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '',
        TMPDIR: tmpdir(),
        ...(databaseUrl === undefined ? {} : { FAREGATE_DATABASE_URL: databaseUrl }),
        ...env,
      },
    })
    return this.#child
  }

  /** Sends a signal and, for one that ends the process, waits for the end. Gives the exit code, or the signal's name. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | string> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null)
      return child?.exitCode ?? child?.signalCode ?? 'never started'
    child.kill(signal)
    const [code, name] = (await once(child, 'exit')) as [number | null, string | null]
    return code ?? name ?? ''
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal)
  }

  /** Waits for the process to end by itself. */
  async ended(): Promise<number | string> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? 'never started'
    const [code, name] = (await once(child, 'exit')) as [number | null, string | null]
    return code ?? name ?? ''
  }

  /** Ends it for good and removes what it left, once that was searched for secrets. */
  async stop(): Promise<void> {
    const metrics = await this.#metrics()
    await this.kill('SIGKILL')
    if (this.options.searched !== false) reportLeaks(leaksOf({ data: this.data, outputs: this.outputs, metrics }))
    if (this.#temporary && existsSync(this.data)) rmSync(this.data, { recursive: true, force: true })
  }

  /** The metrics, where it still answers. */
  async #metrics(): Promise<string> {
    const child = this.#child
    if (!this.url.startsWith('http:') || child === undefined || child.exitCode !== null || child.signalCode !== null) return ''
    const answer = await send(`${this.url}/metrics`, { fresh: true, signal: AbortSignal.timeout(1_000) }).catch(() => undefined)
    return answer?.text ?? ''
  }

  /** An organization with an application, a key and credit. */
  async customer(credit?: string, key: NewKey = {}, name = 'Acme'): Promise<Customer> {
    const organization = await this.api.organization(name)
    const application = await this.api.application(organization, 'app')
    const made = await this.api.key(application, key)
    if (credit !== undefined) await this.api.grant(organization, credit)
    return { organization, application, keyId: made.id, key: made.key, signingSecret: made.signingSecret }
  }

  /** One chat completion with a key. */
  chat(key: string, body: Record<string, unknown> | string | Buffer, sent: Omit<Sent, 'body'> = {}): Promise<Answer> {
    rememberBody(body)
    return send(`${this.url}/v1/chat/completions`, { ...sent, body, headers: { authorization: `Bearer ${key}`, ...sent.headers } })
  }

  /** What a request would cost at most, and whether it would be served. */
  async explain(
    key: string,
    body: Record<string, unknown>,
  ): Promise<{ hold: string; verdict: unknown; holds: { account: string; unit: string; amount: string }[] }> {
    const answer = await send(`${this.url}/v1/explain`, { body, headers: { authorization: `Bearer ${key}` } })
    if (answer.status !== 200) throw new Error(`explain: ${answer.status} ${answer.text}`)
    return json(answer) as Awaited<ReturnType<Gateway['explain']>>
  }
}

export function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  return new Gateway(options).start()
}

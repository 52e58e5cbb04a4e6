import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { configuration } from '../support/config.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { createDatabase } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { CATALOGUE, play } from '../faults/catalogue/index.ts'
import type { Faulty } from '../faults/catalogue/index.ts'
import { PRICE } from '../faults/due.ts'
import { Link } from './links/link.ts'
import type { Way } from './links/link.ts'
import { PostgresReader } from './links/postgres-reader.ts'
import { LOADS } from './plan.ts'
import type { Engine, Step } from './plan.ts'
import { teach } from './served.ts'

/** Short, so that what lasts longer than they allow need not last long. */
const LIMITS = { connectMs: 1_000, firstByteMs: 3_000, silenceMs: 3_000, keepAliveMs: 1_000 }
/** Both gateways of one database have the same secret. A machine that does much else starts them slowly. */
const STARTED = { env: { FAREGATE_SECRET: Buffer.alloc(32, 5).toString('base64') }, readyWithinMs: 120_000 }
const DISK = '48m'

/** Where bytes and steps of one call are looked for. */
interface Stage {
  subject: string
  at(step: Step): Promise<void>
}

/** A gateway under test, and everything around it that can fail. */
export interface World {
  engine: Engine
  gateway: Gateway
  upstream: Upstream
  /** Between the gateway and its upstream. */
  upstreamLink: Link
  /** Whose steps are looked for now. */
  stage: Stage | undefined
  postgres?: { database: TestDatabase; link: Link; peer: Gateway; peerEpoch: number }
  /** Whether the data directory is a disk of its own, that can be filled. */
  ownDisk: boolean
  stop(): Promise<void>
}

export async function startWorld(engine: Engine): Promise<World> {
  const upstream = await startUpstream()
  const faulty = await play(upstream, CATALOGUE)
  const stages: { current: Stage | undefined } = { current: undefined }
  const upstreamLink = await new Link(upstream.port, () => ({ pieces: (_way, bytes) => [bytes], before: calledOf(stages) })).listen()
  teach(upstream, async (user, step) => {
    if (user === stages.current?.subject) await stages.current.at(step)
  })
  const config = configure(upstream, faulty, upstreamLink.port)
  const shared = { upstream, upstreamLink, engine }
  const made = engine === 'sqlite' ? await onSqlite(config) : await onPostgres(config, stages)
  return {
    ...shared,
    ...made,
    get stage() {
      return stages.current
    },
    set stage(stage) {
      stages.current = stage
    },
    stop: async () => {
      await made.stop()
      await upstreamLink.close()
      await faulty.close()
      await upstream.close()
    },
  }
}

function configure(upstream: Upstream, faulty: Faulty, port: number): Record<string, unknown> {
  const models = Object.fromEntries(LOADS.map((load) => [load, { price: PRICE, ...(load === 'slices' ? { sliceTokens: 8 } : {}) }]))
  const config = faulty.configure(configuration(upstream, models, { limits: LIMITS }), { price: PRICE })
  const providers = config['providers'] as { name: string; baseUrl: string }[]
  const linked = providers.map((provider) =>
    provider.name === 'fake' ? { ...provider, baseUrl: `http://127.0.0.1:${port}/v1` } : provider,
  )
  return { ...config, providers: linked }
}

type Made = Pick<World, 'gateway' | 'postgres' | 'ownDisk' | 'stop'>

/** On a small disk of its own where this user may mount one. */
async function onSqlite(config: Record<string, unknown>): Promise<Made> {
  const data = mkdtempSync(join(tmpdir(), 'faregate-chaos-'))
  const ownDisk = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', data]).status === 0
  const gateway = await startGateway({ ...STARTED, config, data })
  return {
    gateway,
    ownDisk,
    stop: async () => {
      await gateway.kill('SIGKILL')
      if (ownDisk) spawnSync('umount', ['--lazy', data])
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** Behind a link, with a second gateway that reaches the same database without it. */
async function onPostgres(config: Record<string, unknown>, stages: { current: Stage | undefined }): Promise<Made> {
  const database = await createDatabase()
  const at = (step: Step) => stages.current?.at(step) ?? Promise.resolve()
  const watch = { commit: (kind: string) => at(`${kind}-commit` as Step), committed: (kind: string) => at(`${kind}-committed` as Step) }
  const direct = new URL(database.url)
  const link = await new Link(Number(direct.port === '' ? 5432 : direct.port), () => new PostgresReader(watch)).listen()
  const linked = new URL(database.url)
  linked.host = `127.0.0.1:${link.port}`
  const peer = await startGateway({ ...STARTED, config, databaseUrl: database.url })
  const [{ epoch } = {}] = await database.query('SELECT max(epoch)::int AS epoch FROM instances')
  const gateway = await startGateway({ ...STARTED, config, databaseUrl: linked.href })
  return {
    gateway,
    ownDisk: false,
    postgres: { database, link, peer, peerEpoch: Number(epoch) },
    stop: async () => {
      await gateway.stop()
      await peer.stop()
      await link.close()
      await database.drop()
    },
  }
}

/** The call is on its way to the upstream when the name of its user is. */
function calledOf(stages: { current: Stage | undefined }): (way: Way, piece: Buffer) => Promise<void> {
  return async (way, piece) => {
    const { current } = stages
    if (way === 'forth' && current !== undefined && piece.includes(`"user":"${current.subject}"`)) await current.at('upstream-called')
  }
}

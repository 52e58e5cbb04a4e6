/**
 * How many hold-and-settle pairs a second the ledger makes durable: every pair holds and posts on one wallet and the
 * caps of a few keys, so that all of them meet in one hot account, with 256 requests in flight.
 *
 *   node bench/ledger.ts [sqlite|postgres|both] [seconds]
 *
 * PostgreSQL: FAREGATE_TEST_POSTGRES_URL, in a schema of its own that is dropped afterwards. SQLite: a temporary
 * directory, on the file system of TMPDIR.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { CommitQueue } from '../packages/ledger/src/queue.ts'
import type { HoldOp, Operation, SettleOp } from '../packages/ledger/src/types.ts'
import { openStore, type Store, type StoreOptions } from '../packages/store/src/index.ts'

const IN_FLIGHT = 256
const KEYS = 16
const WALLET = 'wallet:org_bench'
const POSTGRES_URL = process.env['FAREGATE_TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres'
const SCHEMA = `faregate_bench_${process.pid}`

type Engine = 'sqlite' | 'postgres'

function holdOf(request: string, instance: number, key: number): HoldOp {
  return {
    type: 'hold',
    id: `${request}.0`,
    request,
    slice: 0,
    instance,
    legs: [
      { kind: 'cap', base: `cap:key_${key}`, unit: 'cap:USD', period: 'month', zone: 'UTC', limit: 1_000_000_000_000_000n },
      { kind: 'wallet', id: WALLET, unit: 'USD' },
    ],
    measure: { fixed: 4_500_000_000_000n, perStep: 400_000_000n },
    steps: { min: 1024, max: 1024 },
    memo: {
      organization: 'org_bench',
      application: 'app_bench',
      key: `key_${key}`,
      model: 'gpt-5-nano',
      path: '/v1/chat/completions',
      stream: true,
      priceVersion: 'catalogue 2026-11-01',
    },
  }
}

function settleOf(request: string, instance: number): SettleOp {
  return {
    type: 'settle',
    request,
    slices: 1,
    cost: 2_345_678n,
    instance,
    memo: { flags: [], latencyMs: 812, ttftMs: 204, estimated: false },
  }
}

async function open(queue: CommitQueue): Promise<void> {
  const wallet: Operation = { type: 'wallet', account: WALLET, unit: 'USD', overdraft: 0n, creditLimit: 0n }
  await queue.submit(wallet)
  await queue.submit({
    type: 'grant',
    id: 'gr_bench',
    account: WALLET,
    amount: 1_000_000_000_000_000n,
    priority: 0,
    expiresAt: null,
    reason: 'bench',
  })
}

async function measure(store: Store, seconds: number): Promise<{ pairs: number; p50: number; p99: number }> {
  const queue = new CommitQueue(store.engine)
  await open(queue)
  const { epoch } = store.instance
  const latencies: number[] = []
  const until = performance.now() + seconds * 1_000
  let next = 0
  const caller = async (): Promise<void> => {
    while (performance.now() < until) {
      const number = next++
      const request = `req_01K${String(number).padStart(23, '0')}`
      const begun = performance.now()
      const held = await queue.submit(holdOf(request, epoch, number % KEYS))
      if (held.status !== 'ok') throw new Error(`hold: ${held.status}`)
      latencies.push(performance.now() - begun)
      const settled = await queue.submit(settleOf(request, epoch))
      if (settled.status !== 'ok') throw new Error(`settle: ${settled.status}`)
      store.instance.closed(request)
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller))
  latencies.sort((a, b) => a - b)
  const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? Number.NaN
  return { pairs: next, p50: at(0.5), p99: at(0.99) }
}

async function run(engine: Engine, seconds: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'faregate-bench-'))
  const options: StoreOptions = { directory, ...(engine === 'postgres' ? { databaseUrl: POSTGRES_URL, databaseSchema: SCHEMA } : {}) }
  const store = await openStore(options)
  try {
    const cpu = process.cpuUsage()
    const begun = performance.now()
    const { pairs, p50, p99 } = await measure(store, seconds)
    const elapsed = (performance.now() - begun) / 1_000
    const used = process.cpuUsage(cpu)
    const busy = (used.user + used.system) / 1e6 / elapsed
    console.log(
      `${engine}: ${Math.round(pairs / elapsed)} hold+settle pairs/s (wallet + key cap, one hot account, ${IN_FLIGHT} in flight; ` +
        `hold p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms; ${busy.toFixed(2)} of ${cpus().length} cores used by this process)`,
    )
    const report = await store.verify()
    console.log(`${engine}: verify ${report.ok ? 'ok' : 'FAILED'}, ${report.checked['entries']} entries`)
    if (!report.ok) process.exitCode = 1
  } finally {
    await store.close()
    if (engine === 'postgres') await dropSchema()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function dropSchema(): Promise<void> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: POSTGRES_URL })
  await client.connect()
  await client.query(`SET client_min_messages TO warning; DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`)
  await client.end()
}

const [which = 'both', seconds = '5'] = process.argv.slice(2)
for (const engine of ['sqlite', 'postgres'] as const) if (which === engine || which === 'both') await run(engine, Number(seconds))

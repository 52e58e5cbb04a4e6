import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CommitQueue } from '../packages/ledger/src/queue.ts'
import { openStore } from '../packages/store/src/index.ts'
import type { StoreOptions } from '../packages/store/src/index.ts'
import { createDatabase, postgresMissing } from '../tests/support/postgres.ts'
import { percent } from './figures.ts'
import { PAIR_COST } from './ledger-pairs.ts'
import type { Pairs, PairsLoad } from './ledger-pairs.ts'
import { atEnd, runScript } from './processes.ts'
import type { Goal, Section } from './report.ts'

const SECONDS = 5
const IN_FLIGHT = 256
const WALLET = 'wallet:org_bench'
const START_MS = 4_000

/** How many hold-and-settle pairs a second become durable, and that every one of them is in the books. */
export async function ledgerPairs(): Promise<Section> {
  const table = [['', 'pairs/s', 'hold p50 ms', 'hold p99 ms', 'CPU µs/pair', 'cores used']]
  table.push(await measured('SQLite', 1))
  const missing = await postgresMissing()
  if (missing === false) {
    for (const [name, processes] of [
      ['PostgreSQL', 1],
      ['PostgreSQL, three processes', 3],
    ] as const) {
      const database = await createDatabase()
      atEnd(() => database.drop())
      table.push(await measured(name, processes, database.url))
    }
  }
  return {
    title: 'Ledger',
    about:
      `Holds of a wallet and a key's cap, each settled, all on one hot wallet, ${IN_FLIGHT} in flight in each process, for ${SECONDS} s, ` +
      'without HTTP and without pinning. Processor time is that of these processes, not of the database. Counted only if what is posted ' +
      'is the number of all pairs times their cost, and the ledger verifies.',
    table,
    notes: missing === false ? [] : [missing],
    goals: goals(table),
  }
}

const WANTED: Record<string, number> = { SQLite: 20_000, PostgreSQL: 8_000 }

function goals(table: string[][]): Goal[] {
  return table.flatMap(([name = '', rate = '']) => {
    const wanted = WANTED[name]
    if (wanted === undefined) return []
    return [{ what: `pairs a second, ${name}`, goal: `≥ ${wanted}`, measured: rate, reached: Number(rate) >= wanted }]
  })
}

async function measured(name: string, processes: number, databaseUrl?: string): Promise<string[]> {
  const directories = Array.from({ length: processes }, () => mkdtempSync(join(tmpdir(), 'faregate-bench-')))
  atEnd(() => directories.forEach((directory) => rmSync(directory, { recursive: true, force: true })))
  const stores = directories.map((directory): StoreOptions => ({ directory, ...(databaseUrl === undefined ? {} : { databaseUrl }) }))
  const [first = { directory: '' }] = stores
  await fund(first)
  const shared = { wallet: WALLET, inFlight: IN_FLIGHT, beginAt: Date.now() + START_MS, seconds: SECONDS }
  const results = await Promise.all(
    stores.map((store, number) => runScript<Pairs>('ledger-pairs.ts', { ...shared, store, number } satisfies PairsLoad, 'any')),
  )
  const sum = (of: (result: Pairs) => number): number => results.reduce((total, result) => total + of(result), 0)
  const pairs = sum((result) => result.pairs)
  const cpuMs = sum((result) => result.cpuMs)
  const elapsedMs = Math.max(...results.map((result) => result.elapsedMs))
  const books = await read(first)
  const due = BigInt(pairs) * PAIR_COST
  if (books.posted !== due) throw new Error(`${name}: ${books.posted} posted for ${pairs} pairs, which is ${due}`)
  if (!books.ok) throw new Error(`${name}: verify failed`)
  return [
    name,
    ((pairs * 1_000) / elapsedMs).toFixed(0),
    Math.max(...results.map((result) => result.p50Ms)).toFixed(1),
    Math.max(...results.map((result) => result.p99Ms)).toFixed(1),
    ((cpuMs * 1_000) / pairs).toFixed(0),
    percent(cpuMs / elapsedMs),
  ]
}

async function fund(options: StoreOptions): Promise<void> {
  const store = await openStore(options)
  const queue = new CommitQueue(store.engine)
  await queue.submit({ type: 'wallet', account: WALLET, unit: 'USD', overdraft: 0n, creditLimit: 0n })
  const grant = { account: WALLET, amount: 1_000_000_000_000_000n, priority: 0, expiresAt: null, reason: 'bench' }
  await queue.submit({ type: 'grant', id: 'gr_bench', ...grant })
  await store.close()
}

async function read(options: StoreOptions): Promise<{ posted: bigint; ok: boolean }> {
  const store = await openStore(options)
  const account = await store.read.selectFrom('accounts').select('posted').where('id', '=', WALLET).executeTakeFirstOrThrow()
  const { ok } = await store.verify()
  await store.close()
  return { posted: account.posted, ok }
}

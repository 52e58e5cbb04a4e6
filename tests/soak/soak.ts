import assert from 'node:assert/strict'
import { PRICE } from '../money/many-streams.ts'
import { Seeded } from '../fuzz/random.ts'
import { assertSettled } from '../support/api.ts'
import { configuration } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { INSPECTED, heapAfterCollection } from '../support/heap.ts'
import { send } from '../support/http.ts'
import { openFiles, residentMb } from '../support/process.ts'
import type { Upstream } from '../support/upstream.ts'
import { eventually, pause } from '../support/wait.ts'
import { newBooks } from './books.ts'
import type { Books } from './books.ts'
import { startSoakUpstream } from './upstream.ts'
import { SORT_NAMES, hire } from './workers.ts'
import type { Worker } from './workers.ts'

export interface SoakOptions {
  seed: number
  minutes: number
  /** Between two looks at memory and files. */
  everyMs: number
  onSample?: (sample: Sample) => void
}

/** What is looked at while the load runs. */
export interface Sample {
  /** Seconds since the start. */
  at: number
  rounds: number
  rssMb: number
  heapMb: number
  files: number
}

/** What one customer was charged, beside what its books say. */
interface Account {
  name: string
  rounds: number
  calls: number
  posted: bigint
  least: bigint
  most: bigint
  held: bigint
}

export interface Soaked {
  samples: Sample[]
  accounts: Account[]
  checked: Record<string, number>
}

/** Runs every sort of worker for so long, then lets all of it end, and audits each customer. Throws at the first thing that is wrong. */
export async function soak(options: SoakOptions): Promise<Soaked> {
  const workersByModel = new Map<string, Worker>()
  const nobody = newBooks()
  const booksOf = (model: string): Books => workersByModel.get(model)?.books ?? nobody
  const upstream = await startSoakUpstream(options.seed, booksOf)
  const gateway = await startGateway({ config: soakConfiguration(upstream), env: INSPECTED })
  try {
    const workers = await hire(gateway)
    for (const worker of workers) for (const model of worker.models) workersByModel.set(model, worker)
    const { samples, rounds } = await work(gateway, workers, options)
    assert.equal(nobody.calls, 0, 'every call of the upstream belongs to somebody')
    return { samples, ...(await audit(gateway, workers, rounds)) }
  } finally {
    await gateway.stop()
    await upstream.close()
  }
}

function soakConfiguration(upstream: Upstream): Record<string, unknown> {
  const models = Object.fromEntries(SORT_NAMES.map((name) => [name, { price: PRICE, maxOutput: 64 }]))
  const fallback = { price: PRICE, maxOutput: 64, deployments: ['first', 'second'].map((model) => ({ provider: 'fake', model })) }
  return configuration(upstream, { ...models, fallback }, { log: { level: 'error' } })
}

async function work(
  gateway: Gateway,
  workers: Worker[],
  options: SoakOptions,
): Promise<{ samples: Sample[]; rounds: Map<Worker, number> }> {
  const startedAt = performance.now()
  const end = startedAt + options.minutes * 60_000
  const rounds = new Map<Worker, number>(workers.map((worker) => [worker, 0]))
  const samples: Sample[] = []
  const stop = new AbortController()
  const lanes = workers.flatMap((worker, sort) =>
    Array.from({ length: worker.lanes }, async (_, lane) => {
      const random = new Seeded(options.seed + sort * 1_000 + lane)
      while (performance.now() < end && !stop.signal.aborted) {
        await worker.round(gateway, random)
        rounds.set(worker, (rounds.get(worker) ?? 0) + 1)
        await pause(random.below(2 * worker.restMs))
      }
    }),
  )
  const watching = (async () => {
    while (performance.now() < end && !stop.signal.aborted) {
      await pause(Math.min(options.everyMs, Math.max(0, end - performance.now())))
      const sample = await look(
        gateway,
        startedAt,
        [...rounds.values()].reduce((sum, count) => sum + count, 0),
      )
      samples.push(sample)
      options.onSample?.(sample)
    }
  })()
  try {
    await Promise.all([...lanes, watching])
  } finally {
    // One that fails ends the others: their connections would keep the process.
    stop.abort()
    await Promise.allSettled([...lanes, watching])
  }
  return { samples, rounds }
}

async function look(gateway: Gateway, startedAt: number, rounds: number): Promise<Sample> {
  const { usedMb, buffersMb } = await heapAfterCollection(gateway)
  const at = (performance.now() - startedAt) / 1_000
  return { at, rounds, rssMb: residentMb(gateway.pid), heapMb: usedMb + buffersMb, files: openFiles(gateway.pid) }
}

async function audit(gateway: Gateway, workers: Worker[], rounds: Map<Worker, number>): Promise<Pick<Soaked, 'accounts' | 'checked'>> {
  await eventually(async () => assert.match((await send(`${gateway.url}/metrics`)).text, /^faregate_records_waiting 0$/m), 120_000, 500)
  assert.match((await send(`${gateway.url}/metrics`)).text, /^faregate_records_dropped_total 0$/m)
  const accounts: Account[] = []
  for (const worker of workers) {
    const { organization } = worker.customer
    const balance = await assertSettled(gateway.api, organization, 120_000)
    const { least, most, calls } = worker.books
    const account = {
      name: worker.name,
      rounds: rounds.get(worker) ?? 0,
      calls,
      posted: nano(balance.posted),
      least,
      most,
      held: nano(balance.held),
    }
    accounts.push(account)
    const { cost } = await gateway.api.expect<{ cost: string }>(200, 'GET', `/api/usage?organization=${organization}`)
    assert.equal(account.posted, nano(cost), `${worker.name}: what was charged is the sum of its records`)
    if (worker.exact) assert.equal(account.posted, least, `${worker.name}: what was charged is what its callers got`)
    assert.ok(account.posted >= least && account.posted <= most, `${worker.name}: ${account.posted} charged, ${least} to ${most} due`)
  }
  assert.doesNotMatch(gateway.output, /"level":"error"/)
  const { checked } = await gateway.api.verify()
  return { accounts, checked }
}

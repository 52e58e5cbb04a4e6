/**
 * Holds and settles as fast as the ledger makes them durable, a process of its own: `node ledger-pairs.ts JSON-OF-PAIRS`.
 * Every pair holds and posts on one wallet and the caps of a few keys, so that all of them meet in one hot account.
 */
import { CommitQueue } from '../packages/ledger/src/queue.ts'
import type { HoldOp, SettleOp } from '../packages/ledger/src/types.ts'
import { openStore } from '../packages/store/src/index.ts'
import type { StoreOptions } from '../packages/store/src/index.ts'
import { latenciesOf } from './figures.ts'
import type { Latencies } from './figures.ts'

/** What to do, from when (`Date.now()`), so that several processes do it at the same time. */
export interface PairsLoad {
  store: StoreOptions
  wallet: string
  /** Of this process, among all. */
  number: number
  inFlight: number
  beginAt: number
  seconds: number
}

/** Latencies are those of the holds. */
export interface Pairs extends Latencies {
  pairs: number
  elapsedMs: number
  cpuMs: number
}

/** What every pair posts, in nano-units. */
export const PAIR_COST = 2_345_678n

const KEYS = 16

function holdOf(request: string, instance: number, wallet: string, key: number): HoldOp {
  return {
    type: 'hold',
    id: `${request}.0`,
    request,
    slice: 0,
    instance,
    legs: [
      { kind: 'cap', base: `cap:key_${key}`, unit: 'cap:USD', period: 'month', zone: 'UTC', limit: 1_000_000_000_000_000n },
      { kind: 'wallet', id: wallet, unit: 'USD' },
    ],
    measure: { fixed: 4_500_000_000_000n, perStep: 400_000_000n },
    steps: { min: 1024, max: 1024 },
    memo: JSON.stringify({
      organization: 'org_bench',
      application: 'app_bench',
      key: `key_${key}`,
      model: 'gpt-5-nano',
      path: '/v1/chat/completions',
      stream: true,
      priceVersion: 'catalogue 2026-11-01',
    }),
  }
}

function settleOf(request: string, instance: number): SettleOp {
  return {
    type: 'settle',
    request,
    slices: 1,
    cost: PAIR_COST,
    instance,
    memo: '{"flags":[],"latencyMs":812,"ttftMs":204,"estimated":false}',
  }
}

async function run({ store: options, wallet, number, inFlight, beginAt, seconds }: PairsLoad): Promise<Pairs> {
  const store = await openStore(options)
  const queue = new CommitQueue(store.engine)
  const { epoch } = store.instance
  const latencies: number[] = []
  let pairs = 0
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, beginAt - Date.now())))
  const cpu = process.cpuUsage()
  const start = performance.now()
  const lane = async (): Promise<void> => {
    while (performance.now() < start + seconds * 1_000) {
      const request = `req_01K${number}${String(pairs++).padStart(22, '0')}`
      const begun = performance.now()
      const held = await queue.submit(holdOf(request, epoch, wallet, pairs % KEYS))
      if (held.status !== 'ok') throw new Error(`hold: ${held.status}`)
      latencies.push(performance.now() - begun)
      const settled = await queue.submit(settleOf(request, epoch))
      if (settled.status !== 'ok') throw new Error(`settle: ${settled.status}`)
      store.instance.closed(request)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
  const elapsedMs = performance.now() - start
  const used = process.cpuUsage(cpu)
  await store.close()
  return { pairs, elapsedMs, cpuMs: (used.user + used.system) / 1_000, ...latenciesOf(latencies) }
}

if (import.meta.main) process.stdout.write(JSON.stringify(await run(JSON.parse(process.argv[2] ?? '{}') as PairsLoad)))

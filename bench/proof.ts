import { readFileSync, readlinkSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { assertSettled } from '../tests/support/api.ts'
import { nano } from '../tests/support/decimal.ts'
import type { Customer, Gateway } from '../tests/support/gateway.ts'
import { eventually } from '../tests/support/wait.ts'
import { COST } from './workloads.ts'

/** What a gateway had made durable by some moment. */
export interface Durable {
  /** Transactions of the ledger. */
  batches: number
  /** Flushes that the disk under the data directory has completed; undefined where the kernel counts none. */
  syncs: number | undefined
}

/**
 * Throws unless a load was charged to the last request: money posted = requests × cost, a record of each, the ledger
 * verifies, and no more transactions than syncs of the disk since `before`.
 */
export async function assertPaid(gateway: Gateway, customer: Customer, requests: number, before: Durable): Promise<void> {
  const due = BigInt(requests) * COST
  const { posted } = await assertSettled(gateway.api, customer.organization, 30_000)
  if (nano(posted) !== due) throw new Error(`${posted} was posted for ${requests} requests`)
  await eventually(async () => {
    const path = `/api/usage?organization=${customer.organization}`
    const usage = await gateway.api.expect<{ requests: number; cost: string }>(200, 'GET', path)
    if (usage.requests !== requests) throw new Error(`${usage.requests} records for ${requests} requests`)
    if (nano(usage.cost) !== due) throw new Error(`the records add up to ${usage.cost}, ${requests} requests do not`)
  }, 30_000)
  const after = await durable(gateway)
  const batches = after.batches - before.batches
  const syncs = (after.syncs ?? 0) - (before.syncs ?? 0)
  if (batches === 0) throw new Error('the ledger decided nothing')
  if (after.syncs !== undefined && syncs < batches) throw new Error(`${batches} transactions of the ledger, but ${syncs} syncs of the disk`)
}

/** Reads both counters. */
export async function durable(gateway: Gateway): Promise<Durable> {
  const { text } = await gateway.api.call('GET', '/metrics')
  const batches = /^faregate_ledger_batch_size_count (\d+)/m.exec(text)?.[1]
  if (batches === undefined) throw new Error('GET /metrics does not count the batches of the ledger')
  return { batches: Number(batches), syncs: gateway.options.databaseUrl === undefined ? flushesUnder(gateway.data) : undefined }
}

/**
 * Flush requests completed by the disk that holds a path, from /proc/diskstats: a write cache is flushed for every
 * fdatasync. Others on that disk only add to it. Undefined where nothing is flushed: a disk in memory or without a cache.
 */
export function flushesUnder(path: string): number | undefined {
  try {
    const { dev } = statSync(path)
    const link = readlinkSync(`/sys/dev/block/${dev >> 8}:${dev & 0xff}`)
    const names = [basename(link), basename(dirname(link))]
    const rows = readFileSync('/proc/diskstats', 'utf8').split('\n')
    const counts = rows.map((row) => row.trim().split(/\s+/)).filter((fields) => names.includes(fields[2] ?? ''))
    const flushes = Math.max(...counts.map((fields) => Number(fields[18])))
    return flushes > 0 ? flushes : undefined
  } catch {
    return undefined
  }
}

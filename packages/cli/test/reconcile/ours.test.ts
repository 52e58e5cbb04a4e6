import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '@faregate/contract'
import { nextDay, ourUsage, providersOf } from '../../src/reconcile/ours.ts'
import type { UsageExport } from '../../src/reconcile/usage-export.ts'

const TOTAL = { provider: 'google', model: 'm', calls: 3, used: 2, estimated: 1, unpriced: 0, buckets: { input: 5 }, cost: '0.10' }

/** A gateway that has something at these times, and the questions that it was asked. */
function gateway(times: string[], more: Partial<typeof TOTAL> = {}): { client: Client; asked: Record<string, unknown>[] } {
  const asked: Record<string, unknown>[] = []
  const client = {
    getProviderUsage: ({ query }: { query: { from: string; to: string } }) => {
      asked.push(query)
      const data = times.filter((at) => at >= query.from && at < query.to).map((at) => ({ ...TOTAL, ...more, at }))
      return Promise.resolve({ currency: 'USD', from: query.from, to: query.to, data })
    },
    listProviders: () =>
      Promise.resolve({
        data: [
          { name: 'eu', kind: 'google' },
          { name: 'own', kind: 'vllm' },
        ],
        next: null,
      }),
  }
  return { client: client as unknown as Client, asked }
}

const asExport = (more: Partial<UsageExport> = {}): UsageExport => ({ title: 'An export', rows: [], covers: {}, notes: [], ...more })

test('days in UTC are asked for as days, of one provider where it is one', async () => {
  const { client, asked } = gateway(['2026-11-21T00:00:00.000Z'])
  const usage = await ourUsage(client, ['google'], { from: '2026-11-21', to: '2026-11-22' }, undefined)
  assert.deepEqual(asked, [{ from: '2026-11-21T00:00:00.000Z', to: '2026-11-22T00:00:00.000Z', provider: 'google', by: 'day' }])
  assert.deepEqual(usage.rows, [
    { day: '2026-11-21', provider: 'google', model: 'm', used: 2, buckets: { input: 5 }, cost: 100_000_000_000_000_000n },
  ])
  assert.deepEqual([usage.calls, usage.used, usage.estimated, usage.currency], [3, 2, 1, 'USD'])
})

test('days of another zone are cut from hours, summer and winter', async () => {
  const zone = 'America/Los_Angeles'
  const hours = ['2026-07-02T06:00:00.000Z', '2026-07-02T07:00:00.000Z', '2026-07-03T06:00:00.000Z', '2026-07-03T07:00:00.000Z']
  const summer = gateway(hours)
  const found = await ourUsage(summer.client, ['google'], { from: '2026-07-02', to: '2026-07-03' }, zone)
  assert.deepEqual(summer.asked, [{ from: '2026-07-01T00:00:00.000Z', to: '2026-07-04T00:00:00.000Z', provider: 'google', by: 'hour' }])
  assert.equal(found.rows.length, 2)
  const winter = gateway(['2026-12-02T07:00:00.000Z', '2026-12-02T08:00:00.000Z'])
  assert.equal((await ourUsage(winter.client, ['google'], { from: '2026-12-02', to: '2026-12-03' }, zone)).rows.length, 1)
})

test('more than a year is asked for in parts; what other providers served, or used nothing, is left out', async () => {
  const { client, asked } = gateway(['2026-11-21T00:00:00.000Z'], { used: 0 })
  const usage = await ourUsage(client, ['google', 'eu'], { from: '2024-11-21', to: '2026-11-22' }, undefined)
  assert.deepEqual(
    asked.map(({ from }) => from),
    ['2024-11-21T00:00:00.000Z', '2025-11-22T00:00:00.000Z'],
  )
  assert.deepEqual([usage.rows, usage.calls], [[], 3])
  const others = gateway(['2026-11-21T00:00:00.000Z'], { provider: 'else' })
  assert.equal((await ourUsage(others.client, ['google', 'eu'], { from: '2026-11-21', to: '2026-11-22' }, undefined)).calls, 0)
})

test('whose export it is: who was named, whom the file names, or who is of its kind', async () => {
  const { client } = gateway([])
  const row = { day: '2026-11-21', model: 'm', counts: {}, provider: 'local' }
  assert.deepEqual(await providersOf(client, asExport({ kinds: ['google'] }), 'mine'), ['mine'])
  assert.deepEqual(await providersOf(client, asExport({ rows: [row, row] }), undefined), ['local'])
  assert.deepEqual(await providersOf(client, asExport({ kinds: ['google', 'vertex'] }), undefined), ['eu'])
  await assert.rejects(providersOf(client, asExport({ kinds: ['openai'] }), undefined), /no provider of that kind/)
  await assert.rejects(providersOf(client, asExport(), undefined), /--provider NAME/)
})

test('the day after is the next one, over the end of months', () => {
  assert.deepEqual(['2026-02-28', '2026-12-31'].map(nextDay), ['2026-03-01', '2027-01-01'])
})

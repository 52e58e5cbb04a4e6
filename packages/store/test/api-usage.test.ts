import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { RequestRecord } from '@faregate/gateway/record'
import { createAdminStore } from '../src/queries/index.ts'
import { freshStoreFor, KINDS, skipOf, type Kind } from './databases.ts'
import { requestRecord } from './fixtures.ts'

const HOUR = 3_600_000
const FIRST = Date.UTC(2026, 10, 21)
const ALL = { api: 'tides', from: FIRST, to: FIRST + 48 * HOUR }

const called = (id: string, more: Partial<RequestRecord> = {}): RequestRecord =>
  requestRecord(id, { at: FIRST, api: 'tides', route: 'GET /tides', release: 1, model: null, attempts: [], cost: 10n, ...more })
const refused = (id: string, code: RequestRecord['denial'], status: number, more: Partial<RequestRecord> = {}): RequestRecord =>
  called(id, { outcome: 'refused', denial: code, status, cost: 0n, latencyMs: 1, ...more })

/** A hundred calls of 1 to 100 ms in the first hour, and some of each other kind later. */
const RECORDS = [
  ...Array.from({ length: 100 }, (_, i) => called(`req_a${i}`, { latencyMs: 100 - i, at: FIRST + i })),
  called('req_b1', { at: FIRST + 2 * HOUR, release: 2, status: 301, key: 'key_2', providerCost: 3n, cost: 9_007_199_254_740_993n }),
  called('req_b2', { at: FIRST + 2 * HOUR, release: 2, status: 404, key: 'key_2', providerCost: 4n }),
  called('req_b3', { at: FIRST + 2 * HOUR, release: 2, outcome: 'failed', denial: 'provider_error', status: 502, cost: 0n }),
  called('req_b0', { at: FIRST + 2 * HOUR, release: 2, outcome: 'failed', denial: 'provider_error', status: 200, cost: 0n }),
  called('req_b4', { at: FIRST + 2 * HOUR, release: 2, outcome: 'aborted', status: 499, cost: 0n }),
  refused('req_c1', 'insufficient_balance', 402, { at: FIRST + 26 * HOUR, release: 2, organization: 'org_2', key: 'key_3' }),
  refused('req_c2', 'insufficient_balance', 402, { at: FIRST + 26 * HOUR, release: null, organization: 'org_2', key: 'key_3' }),
  refused('req_c3', 'credential_missing', 401, { at: FIRST + 26 * HOUR, organization: null, application: null, key: null, route: null }),
  // Neither its mock, nor another API, nor another time.
  called('req_d1', { route: 'mock' }),
  called('req_d2', { api: 'waves' }),
  called('req_d3', { at: FIRST - 1 }),
  called('req_d4', { at: FIRST + 48 * HOUR }),
]

async function usageOn(t: TestContext, kind: Kind) {
  const { store } = await freshStoreFor(t, kind)
  for (const record of RECORDS) store.records.request(record)
  await store.records.flush()
  return createAdminStore(store, () => 0).read.apiUsage
}

for (const kind of KINDS) {
  describe(`how an API is called, on ${kind}`, { skip: skipOf(kind) }, () => {
    it('is counted by status, with exact revenue and the latency of a share of the answers', async (t) => {
      const usage = await usageOn(t, kind)
      const [all] = await usage.totals(ALL)
      const { latency, ...counted } = all ?? assert.fail('nothing was counted')
      assert.deepEqual(counted, {
        group: null,
        calls: 108,
        statuses: { '2xx': 101, '3xx': 1, '4xx': 4, '5xx': 1, other: 1 },
        refused: 3,
        brokenOff: 1,
        paymentRequired: 2,
        revenue: 1010n + 9_007_199_254_740_993n,
        cost: 7n,
      })
      assert.equal(latency.calls, 105)
      const [hour] = await usage.totals({ ...ALL, to: FIRST + HOUR })
      assert.deepEqual(hour?.latency, { p50: 50, p90: 90, p99: 99, calls: 100 })
      assert.equal(hour?.cost, null)
    })

    it('can be counted by when calls ended: what lasts longer than the time that is asked about is in it', async (t) => {
      const { store } = await freshStoreFor(t, kind)
      const minute = 60_000
      const lasted = { outcome: 'failed', denial: 'provider_timeout', status: 504, latencyMs: 5 * minute } as const
      for (const record of [called('req_e1', lasted), called('req_e2', { at: FIRST + 5 * minute })]) store.records.request(record)
      await store.records.flush()
      const usage = createAdminStore(store, () => 0).read.apiUsage
      const within = async (from: number, to: number) =>
        (await usage.totals({ api: 'tides', from: FIRST + from * minute, to: FIRST + to * minute, ended: true }))[0]?.statuses
      assert.deepEqual([(await within(5, 6))?.['5xx'], (await within(5, 6))?.['2xx']], [1, 1])
      assert.equal(await within(0, 5), undefined, 'not before it ended')
      assert.equal(await within(6, 7), undefined)
    })

    it('is told by the hour, by the day and by the release', async (t) => {
      const usage = await usageOn(t, kind)
      const told = async (by: 'hour' | 'day' | 'release') => (await usage.totals(ALL, by)).map(({ group, calls }) => [group, calls])
      assert.deepEqual(await told('hour'), [
        [FIRST, 100],
        [FIRST + 2 * HOUR, 5],
        [FIRST + 26 * HOUR, 3],
      ])
      assert.deepEqual(await told('day'), [
        [FIRST, 105],
        [FIRST + 24 * HOUR, 3],
      ])
      assert.deepEqual(await told('release'), [
        [null, 1],
        [1, 101],
        [2, 6],
      ])
      const slots = await usage.totals(ALL, 'hour')
      // What was only refused has no latency of answers.
      assert.deepEqual(
        slots.map(({ latency }) => latency.p99),
        [99, 12, null],
      )
    })

    it('tells refusals by code, and who calls most; narrowed by release and consumer', async (t) => {
      const usage = await usageOn(t, kind)
      assert.deepEqual(await usage.refusals(ALL), [
        { code: 'insufficient_balance', status: 402, calls: 2 },
        { code: 'credential_missing', status: 401, calls: 1 },
        { code: 'provider_error', status: 200, calls: 1 },
        { code: 'provider_error', status: 502, calls: 1 },
      ])
      const consumers = await usage.consumers(ALL, 3)
      assert.deepEqual(
        consumers.map(({ organization, key, calls, revenue }) => [organization, key, calls, revenue]),
        [
          ['org_1', 'key_1', 103, 1000n],
          ['org_1', 'key_2', 2, 9_007_199_254_741_003n],
          ['org_2', 'key_3', 2, 0n],
        ],
      )
      const [second] = await usage.totals({ ...ALL, release: 2 })
      assert.equal(second?.calls, 6)
      assert.deepEqual(
        (await usage.consumers({ ...ALL, organization: 'org_2' }, 3)).map(({ calls }) => calls),
        [2],
      )
      assert.deepEqual(await usage.totals({ ...ALL, api: 'none' }), [])
    })
  })
}

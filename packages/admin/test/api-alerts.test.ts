import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alertStandings } from '../src/api-alerts.ts'
import type { ApiUsageFilter, ApiUsageTotal } from '../src/ports-api-usage.ts'

const TOTAL: ApiUsageTotal = {
  group: null,
  calls: 10,
  statuses: { '2xx': 9, '3xx': 0, '4xx': 0, '5xx': 1, other: 0 },
  refused: 0,
  brokenOff: 4,
  paymentRequired: 0,
  latency: { p50: null, p90: null, p99: null, calls: 0 },
  revenue: 0n,
  cost: null,
}

test('answers that broke off are errors to an alert, and calls are those that ended in its window', async () => {
  const asked: ApiUsageFilter[] = []
  const usage = {
    totals: async (filter: ApiUsageFilter) => {
      asked.push(filter)
      return [TOTAL]
    },
  }
  const [standing] = await alertStandings(usage, 'tides', [{ kind: 'errors', above: '0.4', minutes: 1, minimumCalls: 1 }], 90_000)
  assert.deepEqual([standing?.value, standing?.holds], ['0.50', true])
  assert.deepEqual(asked, [{ api: 'tides', from: 30_000, to: 90_000, ended: true }])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApiEntry, HttpApi } from '@faregate/core'
import { ResponseStore, UpstreamBook, type UpstreamRequest } from '@faregate/gateway'
import { HealthChecks } from '../src/apis/health-checks.ts'

const entry = (name: string, more: Partial<HttpApi> = {}): ApiEntry => ({
  kind: 'http',
  name,
  prefix: `/${name}`,
  upstream: { baseUrl: `https://${name}.example` },
  routes: [],
  managedBy: { source: 'database' },
  health: { check: { path: '/healthz', intervalMs: 60_000 } },
  ...more,
})

test('the first checks are spread, and a retired API is asked no more', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const asked: string[] = []
  const client = {
    send: ({ origin }: UpstreamRequest) => {
      asked.push(origin)
      return { pause: () => undefined, resume: () => undefined, abort: () => undefined }
    },
  }
  const fractions = [0.25, 0.5, 0.75]
  const checks = new HealthChecks({
    upstreams: new UpstreamBook(client, { sign: () => 'none', now: Date.now }, new ResponseStore(0, Date.now)),
    client,
    log: { info: () => undefined, warn: () => undefined },
    random: { fraction: () => fractions.shift() ?? 0 },
  })
  t.after(() => checks.close())
  const [old, one, other] = [entry('old', { retirement: { state: 'retired', at: 0 } }), entry('one'), entry('other')]
  checks.apply([old, one, other])
  t.mock.timers.tick(2_499)
  assert.deepEqual(asked, [])
  t.mock.timers.tick(1)
  assert.deepEqual(asked, ['https://one.example'])
  t.mock.timers.tick(2_500)
  assert.deepEqual(asked, ['https://one.example', 'https://other.example'])
  checks.apply([entry('one', { retirement: { state: 'retired', at: 0 } })])
  t.mock.timers.tick(600_000)
  assert.equal(asked.length, 2)
})

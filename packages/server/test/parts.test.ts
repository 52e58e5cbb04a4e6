import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Snapshot } from '@faregate/core'
import type { LimiterState } from '@faregate/limits'
import { formatFinding } from '../src/config/finding.ts'
import { ProviderHealth } from '../src/health/providers.ts'
import { checkReadiness } from '../src/health/ready.ts'
import { createLog } from '../src/log/log.ts'
import { redact } from '../src/log/redact.ts'
import { escape, html } from '../src/pages/html.ts'
import { Closers } from '../src/start/closers.ts'
import { readStartSettings } from '../src/start/options.ts'
import { eventually } from '../../../tests/support/wait.ts'
import { systemClock, systemRandom } from '../src/clock.ts'

test('whatever looks like a secret is taken out of a line of the log', () => {
  const secrets = [
    'fg_aDmHpDAZ9rtC3bvoVIfCDS6VdNF4scgF1RDxtb',
    'fgo_aDmHpDAZ9rtC3bvoVIfCDS6VdNF4scgF1RDxtb',
    'sk-proj-1234567890abcdef',
    'gsk_1234567890abcdef',
    'AIzaSyA1234567890abcdefghij',
    'hf_1234567890abcdef',
  ]
  for (const secret of secrets) assert.ok(!redact(`key ${secret}, and more`).includes(secret), secret)
  assert.equal(redact('postgres://user:hidden@host/db'), 'postgres://user:…@host/db')
  assert.equal(redact('Authorization: Bearer abcdefghijkl'), 'Authorization: Bearer …')
  assert.equal(redact('risk-free requests of key_01M825P1D3F64RYHQEY8640DXY'), 'risk-free requests of key_01M825P1D3F64RYHQEY8640DXY')
})

test('the log is JSON for machines and a line for people', () => {
  const lines: string[] = []
  createLog('info', { write: (text) => lines.push(text) }).warn({ fact: 1 }, 'it happened')
  assert.deepEqual((({ level, msg, fact }) => ({ level, msg, fact }))(JSON.parse(lines[0] ?? '') as Record<string, unknown>), {
    level: 'warn',
    msg: 'it happened',
    fact: 1,
  })
  createLog('info', { write: (text) => lines.push(text), isTTY: true }).warn({ fact: 1 }, 'it happened')
  assert.match(lines[1] ?? '', /^\d\d:\d\d:\d\d warn {2}it happened \{"fact":1\}\n$/)
})

test('a provider fails after three failures in a row, or at once when it refuses the key; an answer mends it', () => {
  const health = new ProviderHealth()
  const fail = (error: 'provider_error' | 'provider_auth_failed' | 'provider_rejected') =>
    health.attempt({ provider: 'p', status: 500, outcome: 'failed', error }, 5)
  fail('provider_error')
  fail('provider_rejected')
  fail('provider_error')
  assert.equal(health.of('p').state, 'unknown')
  fail('provider_error')
  assert.deepEqual(health.of('p'), { state: 'failing', lastError: 'provider_error (HTTP 500)', lastErrorAt: 5 })
  health.attempt({ provider: 'p', status: 200, outcome: 'served', error: null }, 6)
  assert.equal(health.of('p').state, 'ok')
  fail('provider_auth_failed')
  assert.equal(health.of('p').state, 'failing')
  assert.equal(health.of('never called').state, 'unknown')
})

const snapshot = (...names: string[]): Snapshot => ({
  version: 1,
  models: new Map(),
  apis: new Map(),
  staged: new Map(),
  allModels: false,
  currency: 'USD',
  providers: new Map(
    names.map((name) => [
      name,
      { name, kind: 'openai', baseUrl: 'https://a.example', keys: [], keyless: true, managedBy: { source: 'database' as const } },
    ]),
  ),
})

test('readiness: the database is required, one failing provider of two is a warning, dropped records are told', async () => {
  const health = new ProviderHealth()
  for (let times = 0; times < 3; times++) health.attempt({ provider: 'a', status: null, outcome: 'failed', error: 'provider_timeout' }, 1)
  const facts = (ok: boolean, dropped: number, ...names: string[]) => ({
    store: {
      ready: () => Promise.resolve({ ok }),
      records: { depth: 0, dropped, flush: () => Promise.resolve(), request: () => undefined, denial: () => undefined },
    },
    snapshot: () => snapshot(...names),
    health,
    directory: '/',
    limiter: { state: { counting: 'alone' as const, replicas: 1 } },
  })
  const ready = await checkReadiness(facts(true, 2, 'a', 'b'))
  assert.equal(ready.ready, true)
  const failing = ready.checks.filter(({ name, ok }) => !ok && name !== 'disk')
  assert.deepEqual(
    failing.map(({ name, detail }) => [name, detail]),
    [
      ['providers', 'failing: a'],
      ['records', '2 dropped since the start'],
    ],
  )
  assert.equal((await checkReadiness(facts(true, 0, 'a'))).ready, false)
  assert.equal((await checkReadiness(facts(true, 0))).ready, false)
  assert.equal((await checkReadiness(facts(false, 0, 'b'))).ready, false)
})

test('readiness: while Redis does not answer, limits are a warning that says what holds meanwhile, and tells no password', async () => {
  const facts = (state: LimiterState) => ({
    store: {
      ready: () => Promise.resolve({ ok: true }),
      records: { depth: 0, dropped: 0, flush: () => Promise.resolve(), request: () => undefined, denial: () => undefined },
    },
    snapshot: () => snapshot('a'),
    health: new ProviderHealth(),
    directory: '/',
    limiter: { state },
  })
  const limits = async (state: LimiterState) => {
    const { ready, checks } = await checkReadiness(facts(state))
    return [ready, ...checks.filter(({ name }) => name === 'limits').map(({ ok, detail }) => `${ok} ${detail}`)]
  }
  assert.deepEqual(await limits({ counting: 'alone', replicas: 1 }), [true, 'true counted in this process'])
  assert.deepEqual(await limits({ counting: 'shared', replicas: 3 }), [true, 'true counted in Redis for 3 replicas'])
  const [ready, lost] = await limits({ counting: 'lost', replicas: 3, cause: 'redis://u:hunter2@r is away' })
  assert.equal(ready, true)
  assert.match(
    String(lost),
    /^false Redis does not answer \(redis:\/\/u:…@r is away\): this process keeps to its share, as one of 3 replicas$/,
  )
})

test('readiness: clocks of the process and the database that are two seconds apart or more are a warning', async () => {
  const facts = (clockAheadMs?: number) => ({
    store: {
      ready: () => Promise.resolve({ ok: true, ...(clockAheadMs === undefined ? {} : { clockAheadMs }) }),
      records: { depth: 0, dropped: 0, flush: () => Promise.resolve(), request: () => undefined, denial: () => undefined },
    },
    snapshot: () => snapshot('a'),
    health: new ProviderHealth(),
    directory: '/',
    limiter: { state: { counting: 'alone' as const, replicas: 1 } },
  })
  const clockOf = async (aheadMs?: number) => (await checkReadiness(facts(aheadMs))).checks.find(({ name }) => name === 'clock')
  assert.equal(await clockOf(), undefined, 'SQLite has no clock of its own')
  assert.deepEqual([(await clockOf(0))?.ok, (await clockOf(1_999))?.ok, (await clockOf(-1_999))?.ok], [true, true, true])
  for (const [apart, said] of [
    [2_000, "the database's clock is 2000 ms ahead"],
    [-60_000, "the database's clock is 60000 ms behind"],
  ] as const) {
    assert.deepEqual(await clockOf(apart), { name: 'clock', ok: false, required: false, detail: said })
    assert.equal((await checkReadiness(facts(apart))).ready, true)
  }
})

test('values in pages are escaped; markup is markup', () => {
  assert.equal(
    html`<p title="${'"<&>\''}">${[html`<b>${'<'}</b>`, '&']}</p>`.text,
    '<p title="&quot;&lt;&amp;&gt;&#39;"><b>&lt;</b>&amp;</p>',
  )
  assert.equal(escape('a & b'), 'a &amp; b')
})

test('what was opened is closed in reverse, all of it, even when one step fails', async () => {
  const closers = new Closers()
  const order: number[] = []
  closers.add(() => void order.push(1))
  closers.add(() => {
    order.push(2)
    throw new Error('two')
  })
  closers.add(async () => void order.push(3))
  await assert.rejects(closers.close(), /two/)
  assert.deepEqual(order, [3, 2, 1])
  await closers.close()
})

test('flags win over variables, variables over defaults; a port that is none is refused', () => {
  const settings = readStartSettings({ port: '1' }, { FAREGATE_PORT: '2', FAREGATE_HOST: '0.0.0.0', FAREGATE_DATA: '' }, '/nowhere')
  assert.deepEqual([settings.port, settings.host, settings.directory, settings.defaultDirectory], [1, '0.0.0.0', '/nowhere/data', true])
  assert.deepEqual([settings.drainSeconds, settings.configFile, settings.databaseUrl], [30, undefined, undefined])
  assert.throws(() => readStartSettings({ port: 'http' }, {}), /--port is "http"/)
  assert.throws(() => readStartSettings({ port: 70_000 }, {}), /0 to 65535/)
})

test('a finding is one line: place, path, what, how', () => {
  const text = formatFinding({
    severity: 'error',
    place: { file: 'f.yaml', line: 2, column: 3 },
    path: 'a.b',
    problem: 'is wrong',
    fix: 'mend it',
  })
  assert.equal(text, 'error f.yaml:2:3 a.b: is wrong → mend it')
})

test('the clock neither goes back nor stands still where the system’s is set back', async (context) => {
  const clock = systemClock()
  const first = clock.now()
  const real = Date.now
  context.mock.method(Date, 'now', () => real() - 3_600_000)
  assert.ok(clock.now() >= first)
  await eventually(() => assert.ok(clock.now() > first))
})

test('randomness that was handed out does not change', () => {
  const random = systemRandom()
  const bytes = random.bytes(16)
  const copy = Buffer.from(bytes)
  for (let times = 0; times < 2000; times++) random.bytes(16)
  assert.deepEqual(Buffer.from(bytes), copy)
  assert.ok(random.fraction() < 1)
})

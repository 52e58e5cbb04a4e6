import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { answer, either, usage } from '../support/behaviours.ts'
import { faregate } from '../support/cli.ts'
import { configuration } from '../support/config.ts'
import { openaiError, status } from '../support/faults.ts'
import { startGateway, type Gateway } from '../support/gateway.ts'
import { createDatabase, postgresMissing } from '../support/postgres.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'

interface Finding {
  check: string
  result: 'ok' | 'warning' | 'failed'
  detail: string
  place?: string
  fix?: string
}

const CLOCK = new URL('../support/jumping-clock.ts', import.meta.url)

describe('faregate doctor', () => {
  let upstream: Upstream
  let gateway: Gateway

  before(async () => {
    upstream = await startUpstream()
    upstream.on('plain', either(5, { usage: usage(0, 5) }))
    gateway = await startGateway({ config: configuration(upstream, { plain: {} }, { billing: { contact: 'billing@example.com' } }) })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  async function findings(...flags: string[]): Promise<Finding[]> {
    const ran = await faregate(['doctor', '--json', ...flags], gateway)
    return JSON.parse(ran.stdout) as Finding[]
  }

  async function finding(check: string, ...flags: string[]): Promise<Finding> {
    const all = await findings(...flags)
    return all.find((one) => one.check === check) ?? assert.fail(`no ${check} in ${JSON.stringify(all)}`)
  }

  /** Carries out a fix as the terminal would. */
  async function carryOut(fix: string | undefined): Promise<void> {
    const [command, ...words] = String(fix).split(' ')
    assert.equal(command, 'faregate', fix)
    const ran = await faregate(words, gateway)
    assert.equal(ran.code, 0, ran.stderr)
  }

  test('finds nothing that failed where nothing is wrong, and ends with 0', async () => {
    await gateway.customer('1.00')
    const ran = await faregate(['doctor'], gateway)
    assert.equal(ran.code, 0, ran.stdout)
    assert.doesNotMatch(ran.stdout, /^[✗!] (?!ready: disk)/m)
    assert.match(
      ran.stdout,
      /^✓ provider fake: openai-compatible at .+: It answers \(HTTP 404\), which tells nothing of its keys\. \(.+faregate\.yaml:\d+\)$/m,
    )
  })

  test('a model without a price: it says where, and its fix mends it', async () => {
    await gateway.api.expect(201, 'POST', '/api/models', { name: 'priceless', deployments: [{ provider: 'fake', model: 'priceless' }] })
    const found = await finding('price of priceless')
    assert.deepEqual([found.result, found.place], ['failed', 'database'])
    assert.equal((await faregate(['doctor'], gateway)).code, 1)
    await carryOut(found.fix)
    assert.equal((await finding('prices')).result, 'ok')
  })

  test("a provider that refuses the operator's key: found by a call, and replaced where it is defined", async () => {
    await gateway.api.expect(201, 'POST', '/api/providers', {
      name: 'locked',
      kind: 'openai-compatible',
      baseUrl: upstream.url,
      apiKey: 'sk-wrong',
    })
    await gateway.api.expect(201, 'POST', '/api/models', {
      name: 'locked',
      deployments: [{ provider: 'locked', model: 'locked' }],
      price: { input: '0', output: '1' },
    })
    upstream.on('locked', status(401, openaiError('Incorrect API key', 'invalid_request_error', 'invalid_api_key')))
    assert.equal((await finding('provider locked')).result, 'ok', 'nobody has called it yet')
    const found = await finding('provider locked', '--calls')
    assert.deepEqual([found.result, found.place, found.fix], ['failed', 'database', 'faregate provider set locked --key-stdin'])
    upstream.on('locked', answer(usage(1, 1)))
    assert.equal((await finding('provider locked', '--calls')).result, 'ok')
  })

  test('a plan that includes nothing: its fix makes a version that includes something', async () => {
    await gateway.api.expect(201, 'POST', '/api/plans', { name: 'empty', price: '1.00', period: 'month', models: ['gone'] })
    const found = await finding('plan empty v1')
    assert.deepEqual([found.result, found.place], ['failed', 'database'])
    assert.match(found.detail, /it includes gone, and nothing of that name is there/)
    await carryOut(found.fix)
    assert.equal((await finding('plans')).result, 'ok')
  })

  test('a cap of an organization, and of a tag, that no call can meet', async () => {
    const { organization } = await gateway.customer('1.00')
    await gateway.api.expect(200, 'PATCH', `/api/organizations/${organization}`, { cap: { amount: '0.000000001', period: 'day' } })
    const found = await finding('cap of Acme')
    assert.match(found.detail, /the cap of 0\.000000001 is below what any call costs/)
    const named = `/api/organizations/${organization}/tags/blue/cap`
    await gateway.api.expect(200, 'PUT', named, { amount: '0.000000001', period: 'day' })
    const tag = await finding('cap of the tag blue')
    for (const fix of [found.fix, tag.fix]) await carryOut(fix?.replace('AMOUNT', '5.00'))
    assert.ok(!(await findings()).some(({ check }) => check.startsWith('cap of ')))
  })

  test('an API without an upstream is found, and so is one whose secret is not taken', async () => {
    upstream.on('', ({ response, request }) => response.writeHead(request.headers['x-secret'] === 'right' ? 404 : 401).end())
    const routes = [{ method: 'GET', path: '/*', price: '0.01' }]
    const header = { name: 'x-secret', value: 'right' }
    const publish = (name: string, more: object) =>
      gateway.api.expect(201, 'POST', '/api/apis', {
        name,
        prefix: `/${name}`,
        routes,
        upstream: { baseUrl: upstream.url, header, ...more },
      })
    await publish('gone', { baseUrl: 'http://127.0.0.1:1' })
    await publish('locked-out', { header: { ...header, value: 'wrong' } })
    await publish('there', {})
    assert.match((await finding('API gone', '--no-calls')).detail, /not asked/)
    const gone = await finding('API gone')
    assert.deepEqual([gone.result, gone.place], ['failed', 'database'])
    assert.match(gone.detail, /^http:\/\/127\.0\.0\.1:1: It cannot be reached/)
    const locked = await finding('API locked-out')
    assert.match(
      `${locked.detail} ${locked.fix}`,
      /HTTP 401 \(provider_auth_failed\).+replace its secret \(PATCH \/api\/apis\/locked-out\)/,
    )
    await gateway.api.expect(200, 'PATCH', '/api/apis/locked-out', { upstream: { baseUrl: upstream.url, header } })
    for (const name of ['there', 'locked-out']) assert.equal((await finding(`API ${name}`)).result, 'ok', name)
  })

  test('a provider without a key, and a key that can call nothing', async () => {
    await gateway.api.expect(201, 'POST', '/api/providers', { name: 'keyless', kind: 'openai', baseUrl: upstream.url })
    assert.match((await finding('provider keyless')).detail, /it has no key/)
    const customer = await gateway.customer('1.00', { models: ['gone'] })
    const found = (await findings()).find(({ check }) => check.startsWith('key '))
    assert.match(found?.detail ?? '', /it may call only gone, .+ it can call no model/)
    await carryOut(found?.fix?.split(',')[0])
    assert.ok(!(await findings()).some(({ check }) => check.startsWith('key ')), customer.keyId)
  })
})

describe('faregate doctor with a clock that is wrong', { skip: await postgresMissing() }, () => {
  test("says that the database's clock, and this machine's, are not the process's", async () => {
    const database = await createDatabase()
    const gateway = await startGateway({
      databaseUrl: database.url,
      env: { NODE_OPTIONS: `--import=${CLOCK.href}`, CLOCK_BEGINS: new Date(Date.now() + 3_600_000).toISOString() },
    })
    try {
      const { stdout } = await faregate(['doctor'], gateway)
      assert.match(stdout, /^! ready: clock: the database's clock is 3\d{6} ms behind\n {4}→ synchronise both machines/m)
      assert.match(stdout, /^! clock: the gateway's clock is 3\d{3} s ahead of this machine's\n {4}→ synchronise/m)
    } finally {
      await gateway.stop()
      await database.drop()
    }
  })
})

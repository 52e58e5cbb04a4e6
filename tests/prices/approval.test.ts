import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { answer, usage } from '../support/behaviours.ts'
import { faregate } from '../support/cli.ts'
import { say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { header, send } from '../support/http.ts'
import { rememberOldPrice, sqliteIn, type Nanos } from '../support/old-prices.ts'
import { createDatabase, postgresMissing } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { eventually } from '../support/wait.ts'

const MODEL = 'gpt-5-nano'
/** What the provider says was used. */
const USED = { input: 20n, output: 5n }

/** What a million output tokens of it cost, before and after. */
const OUTPUT = 400_000_000n

interface PendingPrice {
  id: string
  name: string
  change: string | null
  inForce: { version: string; price: Record<string, string> }
  offered: { version: string; price: Record<string, string> }
}

function configurationFor(upstream: Upstream): Record<string, unknown> {
  return {
    providers: [{ name: 'openai', kind: 'openai', baseUrl: upstream.url, apiKey: 'sk-upstream-test' }],
    models: {
      nano: { deployments: [{ provider: 'openai', model: MODEL }] },
      mine: { deployments: [{ provider: 'openai', model: MODEL }], price: { input: '3', output: '0' } },
    },
  }
}

/** What the catalogue of this program says, as `GET /api/prices` shows it. */
async function listPrice(gateway: Gateway): Promise<{ price: Nanos; version: string }> {
  const found = await gateway.api.expect<{ price: Record<string, string>; version: string }>(200, 'GET', `/api/prices/openai%2F${MODEL}`)
  return { price: Object.fromEntries(Object.entries(found.price).map(([bucket, text]) => [bucket, nano(text)])), version: found.version }
}

/** One call: what a million input tokens were charged, what the provider is owed for them, and what that price is called. */
async function charged(gateway: Gateway, customer: Customer, model = 'nano', output = OUTPUT) {
  const served = await gateway.chat(customer.key, { model, max_tokens: 10, messages: say('word '.repeat(15)) })
  assert.equal(served.status, 200, served.text)
  const { cost, providerCost, priceVersion } = await gateway.api.record(header(served, 'x-request-id') ?? '')
  const rate = (text: string, out: bigint) => (nano(text) * 1_000_000n - out * USED.output) / USED.input
  return { cost: rate(cost, output), providerCost: rate(providerCost ?? '-1', OUTPUT), priceVersion }
}

async function pending(gateway: Gateway): Promise<PendingPrice[]> {
  return (await gateway.api.expect<{ data: PendingPrice[] }>(200, 'GET', '/api/prices/pending')).data
}

const doubled = (price: Nanos): Nanos => ({ ...price, input: (price['input'] ?? 0n) * 2n })

describe('an upgrade that brings other prices', () => {
  let upstream: Upstream
  let gateway: Gateway
  let customer: Customer
  let list: { price: Nanos; version: string }

  before(async () => {
    upstream = await startUpstream()
    upstream.on('*', answer(usage(Number(USED.input), Number(USED.output))))
    gateway = await startGateway({ config: configurationFor(upstream) })
    customer = await gateway.customer('1000.00')
    list = await listPrice(gateway)
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  async function upgradedFrom(price: Nanos, then?: { from: number; price: Nanos }): Promise<void> {
    await gateway.kill('SIGTERM')
    await rememberOldPrice(sqliteIn(gateway.data), 'openai', MODEL, price, then)
    await gateway.start()
  }

  test('before it, the catalogue is charged, and nothing waits', async () => {
    const input = list.price['input'] ?? 0n
    assert.deepEqual(await charged(gateway, customer), { cost: input, providerCost: input, priceVersion: list.version })
    assert.deepEqual(await pending(gateway), [])
  })

  test('after it, the old price is charged, and recorded as what it is, until someone approves; own prices are as they were', async () => {
    const old = doubled(list.price)
    await upgradedFrom(old)
    const input = old['input'] ?? 0n
    assert.deepEqual(await charged(gateway, customer), { cost: input, providerCost: input, priceVersion: 'catalogue:2026-01-01' })
    const mine = await charged(gateway, customer, 'mine', 0n)
    assert.deepEqual([mine.cost, mine.providerCost], [3_000_000_000n, input])
    const [waiting, ...others] = await pending(gateway)
    assert.deepEqual([waiting?.name, waiting?.change, others], [`openai/${MODEL}`, '0.50', []])
    assert.deepEqual([waiting?.inForce.version, waiting?.offered.version], ['catalogue:2026-01-01', list.version])
  })

  test('the start screen, the metrics, the log and `doctor` say so', async () => {
    assert.match(gateway.output, /prices +the new price of openai\/gpt-5-nano waits for approval: npx faregate price pending --data /)
    assert.match(gateway.output, /"msg":"a newer catalogue changes a price by more than prices\.approveAbove/)
    assert.match((await send(`${gateway.url}/metrics`)).text, /^faregate_prices_pending 1$/m)
    const doctor = await faregate(['doctor'], gateway)
    assert.match(doctor.stdout, /! price changes: waiting for approval: openai\/gpt-5-nano\n +→ faregate price pending/)
  })

  test('a restart changes nothing of that, and asks nobody twice', async () => {
    const waiting = await pending(gateway)
    assert.equal(waiting.length, 1)
    await gateway.kill('SIGKILL')
    await gateway.start()
    assert.deepEqual(await pending(gateway), waiting)
  })

  test('`price approve` puts it in force within a second, for the next request', async () => {
    const shown = await faregate(['price', 'pending'], gateway)
    assert.match(shown.stdout, /^pc_\w+ +openai\/gpt-5-nano +input +0\.10 +0\.05 +-50 % +now$/m)
    const approved = await faregate(['price', 'approve', `openai/${MODEL}`, '--reason', 'their list price'], gateway)
    assert.match(approved.stdout, /^openai\/gpt-5-nano costs input 0\.05, /)
    await eventually(async () => assert.equal((await charged(gateway, customer)).cost, list.price['input']), 1_000)
    assert.equal((await charged(gateway, customer)).priceVersion, list.version)
    assert.equal((await faregate(['price', 'pending'], gateway)).stdout.trim(), 'No price waits for approval.')
    assert.match((await send(`${gateway.url}/metrics`)).text, /^faregate_prices_pending 0$/m)
  })

  test('`price reject` keeps the old one, over restarts', async () => {
    const old = doubled(list.price)
    await upgradedFrom(old)
    const [waiting] = await pending(gateway)
    const rejected = await faregate(['price', 'reject', waiting?.id ?? ''], gateway)
    assert.match(rejected.stdout, /^openai\/gpt-5-nano stays at input 0\.10, /)
    await gateway.kill('SIGTERM')
    await gateway.start()
    assert.deepEqual(await pending(gateway), [])
    assert.equal((await charged(gateway, customer)).cost, old['input'])
  })

  test('a price that was announced for a moment begins then, although nobody changes anything', async () => {
    // Later than the restart takes on a busy machine.
    const from = Date.now() + 8_000
    await upgradedFrom(doubled(list.price), { from, price: doubled(doubled(list.price)) })
    assert.equal((await charged(gateway, customer)).priceVersion, 'catalogue:2026-01-01')
    await new Promise((resolve) => setTimeout(resolve, from - Date.now() + 1_000))
    const { cost, priceVersion } = await charged(gateway, customer)
    assert.deepEqual([cost, priceVersion], [(list.price['input'] ?? 0n) * 4n, 'catalogue:2026-01-01/from-then'])
  })

  test('a change within the limit is in force at once; the audit has it all, and its chain is whole', async () => {
    await gateway.kill('SIGTERM')
    await sqliteIn(gateway.data)(`DELETE FROM price_offers`)
    await gateway.start()
    const price = { ...list.price, input: ((list.price['input'] ?? 0n) * 100n) / 104n }
    await upgradedFrom(price)
    assert.deepEqual(await pending(gateway), [])
    assert.equal((await charged(gateway, customer)).cost, list.price['input'])
    const subject = encodeURIComponent(`openai/${MODEL}`)
    const { data } = await gateway.api.expect<{ data: { action: string; actor: string }[] }>(200, 'GET', `/api/audit?subject=${subject}`)
    assert.deepEqual(data.map(({ action, actor }) => `${action} by ${actor}`).toReversed(), [
      'price.offer by system',
      'price.approve by operator',
      'price.offer by system',
      'price.reject by operator',
      'price.offer by system',
      'price.change by system',
    ])
    assert.deepEqual(await gateway.api.expect(200, 'GET', '/api/audit/verify'), { ok: true, brokenAt: null })
  })
})

describe('an upgrade of two gateways on one PostgreSQL', { skip: await postgresMissing() }, () => {
  let upstream: Upstream
  let database: TestDatabase
  let gateways: Gateway[] = []

  before(async () => {
    upstream = await startUpstream()
    upstream.on('*', answer(usage(Number(USED.input), Number(USED.output))))
    database = await createDatabase()
  })
  after(async () => {
    await Promise.all(gateways.map((gateway) => gateway.stop()))
    await upstream?.close()
    await database?.drop()
  })

  test('both starting at once decide once, charge alike, and follow one approval within a second', async () => {
    const env = { FAREGATE_SECRET: Buffer.alloc(32, 7).toString('base64') }
    const options = { config: configurationFor(upstream), databaseUrl: database.url, env }
    gateways = await Promise.all([startGateway(options), startGateway(options)])
    const [one, two] = gateways
    assert.ok(one !== undefined && two !== undefined)
    const customer = await one.customer('1000.00')
    const list = await listPrice(one)
    await Promise.all(gateways.map((gateway) => gateway.kill('SIGTERM')))
    const old = doubled(list.price)
    const sql = async (statement: string, ...values: (string | number)[]) => {
      let index = 0
      await database.query(
        statement.replaceAll('?', () => `$${++index}`),
        values,
      )
    }
    await rememberOldPrice(sql, 'openai', MODEL, old)
    await Promise.all(gateways.map((gateway) => gateway.start()))
    const [waiting, ...others] = await pending(one)
    assert.deepEqual([await pending(two), others], [[waiting], []])
    for (const gateway of gateways) assert.equal((await charged(gateway, customer)).cost, old['input'])
    await one.api.expect(200, 'POST', `/api/prices/pending/${waiting?.id}/approve`, { reason: 'agreed' })
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    for (const gateway of gateways) {
      const { cost, priceVersion } = await charged(gateway, customer)
      assert.deepEqual([cost, priceVersion], [list.price['input'], list.version])
    }
    const rows = await database.query(`SELECT state FROM price_offers`)
    assert.deepEqual(rows, [{ state: 'approved' }])
  })
})

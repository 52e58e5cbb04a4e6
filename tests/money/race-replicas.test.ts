import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { answer, usage, words } from '../support/behaviours.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { createDatabase, postgresMissing } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { assertSpent, raceConfiguration, raceFreely, raceWhileInFlight, teamCustomer } from './race.ts'

const SECRET = { FAREGATE_SECRET: Buffer.alloc(32, 7).toString('base64') }

describe('three gateways on one PostgreSQL', { skip: await postgresMissing() }, () => {
  let upstream: Upstream
  let database: TestDatabase
  let gateways: Gateway[] = []

  before(async () => {
    upstream = await startUpstream()
    upstream.on('raced', answer(usage(8, 10), { content: words(10) }))
    database = await createDatabase()
    const options = { config: raceConfiguration(upstream), databaseUrl: database.url, env: SECRET }
    gateways = await Promise.all([0, 1, 2].map(() => startGateway(options)))
  })
  after(async () => {
    await Promise.all(gateways.map((gateway) => gateway.stop()))
    await upstream?.close()
    await database?.drop()
  })

  function first(): Gateway {
    const [gateway] = gateways
    assert.ok(gateway)
    return gateway
  }

  test('M17: 500 parallel requests over all three against room for ten serve exactly ten', async (context) => {
    const customer = await first().customer('0.10')
    context.diagnostic(await raceWhileInFlight(gateways, upstream, customer, { status: 402, code: 'insufficient_balance' }))
    await assertSpent(first(), customer, 100_000_000n)
    const second = await first().customer('0.10')
    context.diagnostic(await raceFreely(gateways, second, ['balance_reserved', 'insufficient_balance']))
    await assertSpent(first(), second, 100_000_000n)
  })

  test('a cap of the key holds across the three', async (context) => {
    const customer = await first().customer('5.00', { cap: { amount: '0.10', period: 'month' } })
    context.diagnostic(await raceWhileInFlight(gateways, upstream, customer, { status: 403, code: 'cap_key' }))
    await assertSpent(first(), customer, 100_000_000n)
  })

  test('a cap of the team holds across the three', async (context) => {
    const customer = await teamCustomer(first(), '0.10')
    context.diagnostic(await raceWhileInFlight(gateways, upstream, customer, { status: 403, code: 'cap_team' }))
    await assertSpent(first(), customer, 100_000_000n)
  })

  test('every replica shows the same operator token, and a change made at one is in force at all within a second', async () => {
    assert.equal(new Set(gateways.map((gateway) => gateway.token)).size, 1)
    const customer = await first().customer('1.00')
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const body = { model: 'raced', max_tokens: 10, messages: [{ role: 'user', content: 'Hello' }] }
    for (const gateway of gateways) assert.equal((await gateway.chat(customer.key, body)).status, 200)
    await first().api.expect(204, 'DELETE', `/api/keys/${customer.keyId}`)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    for (const gateway of gateways) assert.equal((await gateway.chat(customer.key, body)).status, 401)
  })
})

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Link } from '../chaos/links/link.ts'
import { assertSettled } from '../support/api.ts'
import { either, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { json, send } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { createDatabase, postgresMissing } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { eventually } from '../support/wait.ts'

const BODY = { model: 'plain', max_tokens: 10, messages: say() }
/** What the ledger waits is five seconds; a little more for a machine that does much else. */
const TOLD_WITHIN_MS = 9_000

describe('a PostgreSQL that takes everything and answers nothing', { skip: await postgresMissing() }, () => {
  let upstream: Upstream
  let database: TestDatabase
  let link: Link
  let gateway: Gateway
  let customer: Customer

  before(async () => {
    upstream = await startUpstream()
    upstream.on('plain', either(10, { usage: usage(0, 10) }))
    database = await createDatabase()
    const direct = new URL(database.url)
    link = await new Link(Number(direct.port === '' ? 5432 : direct.port)).listen()
    direct.host = `127.0.0.1:${link.port}`
    const config = configuration(upstream, { plain: { price: { input: '0', output: '1000' } } })
    gateway = await startGateway({ config, databaseUrl: direct.href })
    customer = await gateway.customer('1.00')
  })
  after(async () => {
    await gateway?.stop()
    await link?.close()
    await upstream?.close()
    await database?.drop()
  })

  test('M25: a good key gets 503 within seconds, whether it was used before or never, and what touches no balance goes on', async () => {
    const unused = await gateway.api.key(customer.application)
    assert.equal((await gateway.chat(customer.key, BODY)).status, 200)
    const calls = upstream.calls.length
    link.stall(true)
    try {
      const [models, health, ...refused] = await Promise.all([
        send(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${customer.key}` } }),
        send(`${gateway.url}/healthz`),
        gateway.chat(customer.key, BODY),
        gateway.chat(unused.key, BODY),
        gateway.chat(unused.key, { ...BODY, stream: true }),
      ])
      assert.deepEqual([models.status, health.status], [200, 200])
      for (const result of refused) assertUnavailable(result)
      assert.equal(upstream.calls.length, calls, 'nothing was served unpaid')
    } finally {
      link.stall(false)
    }
    await eventually(async () => assert.equal((await gateway.chat(unused.key, BODY)).status, 200), 20_000, 200)
    assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), BigInt(upstream.calls.length) * 10_000_000n)
  })
})

function assertUnavailable(result: Answer): void {
  assert.equal(result.status, 503, result.text)
  assert.equal(json(result)['code'], 'ledger_unavailable')
  assert.ok(result.totalMs < TOLD_WITHIN_MS, `told after ${Math.round(result.totalMs)} ms`)
}

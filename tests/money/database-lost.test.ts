import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { answer, either, endStream, stream, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { header, json } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { lockDatabase } from '../support/lock-database.ts'
import { createDatabase, postgresMissing } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { chatStream } from '../support/sse.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { eventually, gate } from '../support/wait.ts'

const PRICE = { input: '0', output: '1000' }
const BODY = { model: 'plain', max_tokens: 10, messages: say() }

function assertUnavailable(result: Answer): void {
  assert.equal(result.status, 503, result.text)
  assert.equal(json(result)['code'], 'ledger_unavailable')
  assert.equal(header(result, 'x-should-retry'), 'true')
}

describe('the database is locked by another process', () => {
  let upstream: Upstream
  let gateway: Gateway

  before(async () => {
    upstream = await startUpstream()
    upstream.on('plain', answer(usage(0, 10)))
    gateway = await startGateway({ config: configuration(upstream, { plain: { price: PRICE }, slow: { price: PRICE } }) })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  test('M25: paid calls get 503 ledger_unavailable, with a key that was used before or never, and are served again without a restart', async () => {
    const customer = await gateway.customer('1.00')
    const unused = await gateway.api.key(customer.application)
    assert.equal((await gateway.chat(customer.key, BODY)).status, 200)
    const calls = upstream.calls.length
    const release = await lockDatabase(gateway.data)
    try {
      const results = await Promise.all([customer.key, customer.key, unused.key].map((key) => gateway.chat(key, BODY)))
      for (const result of results) assertUnavailable(result)
    } finally {
      await release()
    }
    assert.equal(upstream.calls.length, calls, 'nothing was served unpaid')
    await eventually(async () => assert.equal((await gateway.chat(customer.key, BODY)).status, 200), 15_000, 200)
    const spent = upstream.calls.length - calls
    assert.equal(nano((await assertSettled(gateway.api, customer.organization, 15_000)).posted), BigInt(spent + 1) * 10_000_000n)
  })

  test('M25: what touches no balance goes on', async () => {
    const customer = await gateway.customer('1.00')
    assert.equal((await gateway.chat(customer.key, BODY)).status, 200)
    const release = await lockDatabase(gateway.data)
    try {
      const models = await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${customer.key}` } })
      assert.equal(models.status, 200)
      assert.equal((await fetch(`${gateway.url}/healthz`)).status, 200)
    } finally {
      await release()
    }
  })

  for (const streaming of [false, true]) {
    test(`M25: an answer whose charge is not durable in time ends in error without its last byte, and is resolved later${streaming ? ' (streaming)' : ''}`, async () => {
      const customer = await gateway.customer('1.00')
      const called = gate()
      const finish = gate()
      const held = streaming
        ? stream(3, { ending: async (exchange) => (called.open(), await finish.promise, endStream(exchange, usage(0, 3))) })
        : answer(usage(0, 3), { after: finish.promise })
      upstream.on('slow', held)
      if (!streaming) upstream.onCall = () => called.open()
      const running = gateway.chat(customer.key, { ...BODY, model: 'slow', stream: streaming })
      await called.promise
      upstream.onCall = undefined
      const release = await lockDatabase(gateway.data)
      try {
        finish.open()
        const result = await running
        if (streaming) {
          const seen = chatStream(result.body)
          assert.equal(seen.done, 0, 'the last byte is withheld')
          assert.ok(seen.error !== undefined, result.text)
        } else assertUnavailable(result)
      } finally {
        await release()
      }
      // A settle that turned out to be durable after its caller was refused is given back.
      const paid = 1_000_000_000n - (streaming ? 3_000_000n : 0n)
      await eventually(async () => {
        const balance = await assertSettled(gateway.api, customer.organization, 40_000)
        assert.equal(nano(balance.available), paid)
      }, 20_000)
    })
  }
})

describe('PostgreSQL ends its connections', { skip: await postgresMissing() }, () => {
  let upstream: Upstream
  let gateway: Gateway
  let database: TestDatabase

  before(async () => {
    upstream = await startUpstream()
    upstream.on('plain', either(10, { usage: usage(0, 10), everyMs: 2 }))
    database = await createDatabase()
    gateway = await startGateway({ config: configuration(upstream, { plain: { price: PRICE } }), databaseUrl: database.url })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
    await database?.drop()
  })

  test('M17, M25: in the middle of a load every call is either served and charged once, or refused with 503 and not charged', async () => {
    const customer = await gateway.customer('50.00')
    const load = { running: true }
    const results: Answer[] = []
    const workers = Array.from({ length: 20 }, async (_, i) => {
      while (load.running) results.push(await gateway.chat(customer.key, { ...BODY, stream: i % 2 === 1 }))
    })
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 400))
      await database.terminate()
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    load.running = false
    await Promise.all(workers)
    const balance = await assertSettled(gateway.api, customer.organization, 40_000)
    const whole = results.filter(
      (result) =>
        result.status === 200 && (result.headers['content-type']?.includes('json') === true || chatStream(result.body).done === 1),
    )
    const broken = results.filter((result) => result.status === 200).length - whole.length
    for (const refusal of results.filter(({ status }) => status !== 200)) assertUnavailable(refusal)
    assert.ok(whole.length > 20, `${whole.length} of ${results.length} served`)
    const posted = nano(balance.posted)
    assert.ok(posted >= BigInt(whole.length) * 10_000_000n, `${balance.posted} for ${whole.length}`)
    assert.ok(posted <= BigInt(whole.length + broken) * 10_000_000n, `${balance.posted} for ${whole.length} and ${broken} broken`)
    assert.equal((await gateway.chat(customer.key, BODY)).status, 200)
  })
})

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { answer, endStream, stream, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { createDatabase, postgresMissing } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { chatStream } from '../support/sse.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { eventually, gate, pause } from '../support/wait.ts'

const TOKEN = 1_000_000n
const SECRET = { FAREGATE_SECRET: Buffer.alloc(32, 9).toString('base64') }

describe('replicas that die or stand still', { skip: await postgresMissing() }, () => {
  let upstream: Upstream
  let database: TestDatabase
  let one: Gateway
  let two: Gateway

  before(async () => {
    upstream = await startUpstream()
    database = await createDatabase()
    const models = { slow: { price: { input: '0', output: '1000' } }, streamed: { price: { input: '0', output: '1000' } } }
    const options = { config: configuration(upstream, models), databaseUrl: database.url, env: SECRET }
    one = await startGateway(options)
    two = await startGateway(options)
  })
  after(async () => {
    await one?.stop()
    await two?.stop()
    await upstream?.close()
    await database?.drop()
  })

  test('M23: the holds of a killed replica are resolved within 35 seconds, those of the others are untouched', async () => {
    const release = gate()
    upstream.on('slow', answer(usage(0, 5), { after: release.promise }))
    const [dead, alive] = [await one.customer('1.00'), await one.customer('1.00')]
    await pause(1_000)
    const body = { model: 'slow', max_tokens: 10, messages: say() }
    const lost = one.chat(dead.key, body).catch(() => undefined)
    const kept = two.chat(alive.key, body)
    for (const customer of [dead, alive]) {
      await eventually(async () => assert.equal(nano((await two.api.balance(customer.organization)).held), 10n * TOKEN))
    }
    await one.kill('SIGKILL')
    const from = performance.now()
    await lost
    await eventually(async () => assert.equal(nano((await two.api.balance(dead.organization)).held), 0n), 36_000, 500)
    assert.ok(performance.now() - from < 36_000)
    assert.equal(nano((await two.api.balance(alive.organization)).held), 10n * TOKEN, 'the living one still holds')
    release.open()
    assert.equal((await kept).status, 200)
    assert.equal(nano((await assertSettled(two.api, dead.organization)).posted), 0n)
    assert.equal(nano((await assertSettled(two.api, alive.organization)).posted), 5n * TOKEN)
    await one.start()
  })

  test('M23: a replica that stood still for a minute releases no last byte that is not paid', async () => {
    const called = gate()
    const finish = gate()
    upstream.on(
      'streamed',
      stream(3, {
        ending: async (exchange) => {
          called.open()
          await finish.promise
          endStream(exchange, usage(0, 3))
        },
      }),
    )
    const customer = await two.customer('1.00')
    await pause(1_000)
    const running = one.chat(customer.key, { model: 'streamed', max_tokens: 10, stream: true, messages: say() })
    await called.promise
    await pause(500)
    one.signal('SIGSTOP')
    await eventually(async () => assert.equal(nano((await two.api.balance(customer.organization)).held), 0n), 60_000, 1_000)
    one.signal('SIGCONT')
    finish.open()
    const seen = chatStream((await running).body)
    const { posted } = await assertSettled(two.api, customer.organization)
    assert.equal(seen.done, 0, 'it was resolved by another: its end is an error')
    assert.ok(seen.error !== undefined)
    assert.ok(nano(posted) <= 3n * TOKEN)
  })
})

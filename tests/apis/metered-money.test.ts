import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import type { Answer } from '../support/http.ts'
import { createDatabase, postgresMissing } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { published, startService } from '../support/service.ts'
import type { Service } from '../support/service.ts'
import { eventually } from '../support/wait.ts'
import { callWith } from './world.ts'

const CALLS = 100
/** A byte costs a nano-unit: what is charged is what was delivered. */
const ROUTES = [
  { method: 'GET', path: '/chunked/{n}', metered: { received: '0.001' } },
  { method: 'GET', path: '/bytes/{n}', metered: { received: '0.001' } },
]
const withoutPostgres = await postgresMissing()

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  describe(`parallel calls that are charged by the byte on ${engine}`, { skip: engine === 'PostgreSQL' && withoutPostgres }, () => {
    let service: Service
    let database: TestDatabase | undefined
    let gateway: Gateway

    before(async () => {
      service = await startService()
      database = engine === 'PostgreSQL' ? await createDatabase() : undefined
      gateway = await startGateway({ config: published(service, ROUTES), ...(database === undefined ? {} : { databaseUrl: database.url }) })
    })
    after(async () => {
      await gateway?.stop()
      await service?.close()
      await database?.drop()
    })

    const storm = (key: string, path: string): Promise<Answer[]> =>
      Promise.all(Array.from({ length: CALLS }, () => callWith(gateway, key, path)))

    test('M4, M13: nobody is delivered more than the balance pays for, and each byte is charged once', async () => {
      const customer = await gateway.customer('0.002')
      const answers = await storm(customer.key, '/chunked/300000')
      const delivered = answers.filter(({ status }) => status === 200).reduce((sum, { body }) => sum + body.length, 0)
      const posted = nano((await assertSettled(gateway.api, customer.organization)).posted)
      assert.ok(posted <= 2_000_000n, `${posted} of 2000000 charged`)
      assert.equal(BigInt(delivered), posted)
      for (const { status } of answers) assert.ok([200, 402, 429].includes(status), `${status}`)
    })

    test('M3, M4: nor more than its cap, where each answer says its length', async () => {
      const customer = await gateway.customer('1.00', { cap: { amount: '0.001', period: 'day' } })
      const answers = await storm(customer.key, '/bytes/150000')
      const whole = answers.filter(({ status }) => status === 200)
      assert.ok(whole.length <= 6, `${whole.length} of 6 served`)
      assert.ok(whole.every(({ complete, body }) => complete && body.length === 150_000))
      assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), BigInt(whole.length * 150_000))
      // None of them may have had room beside the beginnings of the others; alone, each has.
      for (let served = whole.length; served < 6; served++)
        assert.equal((await callWith(gateway, customer.key, '/bytes/150000')).status, 200)
      assert.equal((await callWith(gateway, customer.key, '/bytes/150000')).status, 403)
    })

    test('M23: killed in the middle of answers, what is charged of them is no more than what was delivered', async () => {
      const customer = await gateway.customer('1.00')
      let received = 0
      let whole = 0
      const calls = Array.from({ length: 20 }, async () => {
        const onData = (piece: Buffer): void => void (received += piece.length)
        const answer = await callWith(gateway, customer.key, '/chunked/20000000', { fresh: true, onData }).catch(() => undefined)
        if (answer?.complete === true) whole++
      })
      await eventually(() => assert.ok(received > 20_000_000), 30_000, 5)
      await gateway.kill('SIGKILL')
      await Promise.all(calls)
      await gateway.start()
      const posted = nano((await assertSettled(gateway.api, customer.organization, 45_000)).posted)
      assert.ok(
        posted > 0n && posted >= BigInt(whole * 20_000_000) && posted <= BigInt(received),
        `${posted} charged, ${received} received`,
      )
    })
  })
}

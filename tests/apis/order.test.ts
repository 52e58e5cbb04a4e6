import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Balance } from '../support/api.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { lockDatabase } from '../support/lock-database.ts'
import { createDatabase, postgresMissing } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { published, startService } from '../support/service.ts'
import type { Service } from '../support/service.ts'
import { gate, within } from '../support/wait.ts'
import { ANY, callWith, PRICE } from './world.ts'

/** Long enough for what must not happen to happen, short enough for the ledger not to give up. */
const LOCKED_MS = 600
const withoutPostgres = await postgresMissing()

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  describe(`what is durable before what, for calls of an API, on ${engine}`, { skip: engine === 'PostgreSQL' && withoutPostgres }, () => {
    let service: Service
    let gateway: Gateway
    let database: TestDatabase | undefined

    before(async () => {
      service = await startService()
      database = engine === 'PostgreSQL' ? await createDatabase() : undefined
      const engineUrl = database === undefined ? {} : { databaseUrl: database.url }
      gateway = await startGateway({ config: published(service, ANY), ...engineUrl })
    })
    after(async () => {
      await gateway?.stop()
      await service?.close()
      await database?.drop()
    })

    /** Keeps the ledger from writing, as another process could. Gives the release. */
    function lock(): Promise<() => Promise<void>> {
      return database === undefined ? lockDatabase(gateway.data) : database.lock('entries')
    }

    test('M16: an upstream that reads the balance when it is called sees the exact price held', async () => {
      const customer = await gateway.customer('1.00')
      let seen: Balance | undefined
      service.onCall = async () => (seen = await gateway.api.balance(customer.organization))
      assert.equal((await callWith(gateway, customer.key, '/a')).status, 200)
      service.onCall = undefined
      assert.deepEqual([nano(seen?.held ?? '0'), nano(seen?.posted ?? '0')], [nano(PRICE), 0n])
    })

    test('M16: while the hold cannot be made durable the upstream is not called, and then it is', async () => {
      const customer = await gateway.customer('1.00')
      const called = gate()
      service.onCall = () => called.open()
      const release = await lock()
      try {
        const running = callWith(gateway, customer.key, '/a')
        await within(LOCKED_MS, 'called', called.promise).then(
          () => assert.fail('the upstream was called before the hold was durable'),
          (error: unknown) => assert.match(String(error), /called: not within/),
        )
        await release()
        assert.equal((await running).status, 200)
      } finally {
        service.onCall = undefined
        await release()
      }
    })

    for (const [kind, path, bytes] of [
      ['a short answer', '/bytes/1000', 1_000],
      ['a long one', '/bytes/300000', 300_000],
      ['one of unknown length', '/chunked/300000', 300_000],
    ] as const) {
      test(`M16: while the settle of a call cannot be made durable the last byte is withheld, and then it comes (${kind})`, async () => {
        const customer = await gateway.customer('1.00')
        let release = async (): Promise<void> => undefined
        const locked = gate()
        service.onCall = async () => {
          release = await lock()
          locked.open()
        }
        try {
          const running = callWith(gateway, customer.key, path)
          await locked.promise
          await within(LOCKED_MS, 'ended', running).then(
            () => assert.fail('the last byte came before the settle was durable'),
            (error: unknown) => assert.match(String(error), /ended: not within/),
          )
          await release()
          const result = await running
          assert.deepEqual([result.complete, result.body.length], [true, bytes])
          assert.equal(nano((await gateway.api.balance(customer.organization)).posted), nano(PRICE))
        } finally {
          service.onCall = undefined
          await release()
        }
      })
    }
  })
}

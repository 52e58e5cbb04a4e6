import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { header, json } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { createDatabase, postgresMissing } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { published, startService } from '../support/service.ts'
import type { Service } from '../support/service.ts'
import { eventually, gate } from '../support/wait.ts'
import { ANY, callWith, PRICE } from './world.ts'

const ROOM = 10
const CALLS = 500
const withoutPostgres = await postgresMissing()

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  describe(`500 parallel calls of an API on ${engine}`, { skip: engine === 'PostgreSQL' && withoutPostgres }, () => {
    let service: Service
    let database: TestDatabase | undefined
    let gateway: Gateway

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

    const storm = (key: string): Promise<Answer>[] => Array.from({ length: CALLS }, () => callWith(gateway, key, '/raced'))

    test('M4, M26: room for ten serves ten, the others wait for these, and then the balance is empty', async () => {
      const customer = await gateway.customer('0.10')
      const release = gate()
      service.held = release.promise
      const earlier = service.calls.length
      let refused = 0
      const calls = storm(customer.key).map(async (call) => {
        const answer = await call
        if (answer.status !== 200) refused++
        return answer
      })
      const called = (): number => service.calls.length - earlier
      await eventually(() => assert.ok(refused + called() >= CALLS, `${refused} refused, ${called()} called`), 60_000)
      assert.equal(called(), ROOM)
      release.open()
      service.held = undefined
      const answers = await Promise.all(calls)
      assert.equal(answers.filter(({ status }) => status === 200).length, ROOM)
      for (const answer of answers.filter(({ status }) => status !== 200))
        assert.deepEqual([answer.status, json(answer)['code']], [429, 'balance_reserved'])
      const late = await callWith(gateway, customer.key, '/raced')
      assert.deepEqual([late.status, json(late)['code']], [402, 'insufficient_balance'])
      assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 100_000_000n)
    })

    test('M3, M4: a cap with room for ten serves ten, however much the wallet holds', async () => {
      const customer = await gateway.customer('5.00', { cap: { amount: '0.109999999', period: 'day' } })
      const answers = await Promise.all(storm(customer.key))
      assert.equal(answers.filter(({ status }) => status === 200).length, ROOM)
      assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 100_000_000n)
    })

    test('a quota of ten calls serves ten, and what failed at the upstream is not counted', async () => {
      await gateway.api.expect(201, 'POST', '/api/plans', {
        name: 'ten',
        price: '0',
        period: 'free',
        apis: ['test'],
        exclusive: false,
        listed: false,
        priceFactor: '0',
        quotas: [{ counts: 'requests', apis: 'te*', limit: ROOM }],
      })
      const customer = await gateway.customer('0.001')
      await gateway.api.expect(201, 'POST', `/api/organizations/${customer.organization}/subscriptions`, { plan: 'ten' })
      await eventually(async () => assert.equal((await callWith(gateway, customer.key, '/status/500')).status, 502))
      const answers = await Promise.all(storm(customer.key))
      assert.equal(answers.filter(({ status }) => status === 200).length, ROOM)
      for (const answer of answers.filter(({ status }) => status === 200)) assert.equal(header(answer, 'faregate-cost'), '0.00')
      const late = await callWith(gateway, customer.key, '/raced')
      assert.equal(json(late)['code'], 'quota_exhausted')
      assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 0n)
    })

    test('killed under load: whatever was answered whole is charged, nothing is charged twice', async () => {
      const customer = await gateway.customer('5.00')
      let whole = 0
      for (let round = 0; round < 3; round++) {
        const calls = Array.from({ length: 60 }, async () => {
          const answer = await callWith(gateway, customer.key, '/chunked/30000', { fresh: true }).catch(() => undefined)
          if (answer?.status === 200 && answer.complete) whole++
        })
        await eventually(() => assert.ok(whole > round * 5), 20_000, 5)
        await gateway.kill('SIGKILL')
        await Promise.all(calls)
        await gateway.start()
      }
      const balance = await assertSettled(gateway.api, customer.organization, 45_000)
      const charged = Number(nano(balance.posted) / nano(PRICE))
      assert.equal(nano(balance.posted), BigInt(charged) * nano(PRICE))
      assert.ok(charged >= whole, `${whole} whole answers, ${charged} charged`)
      // Another process writes the records that died with theirs once it takes those for dead.
      const records = await eventually(async () => {
        const found = await gateway.api.records({ organization: customer.organization, limit: '500' })
        assert.equal(
          found.reduce((total, { cost }) => total + nano(cost), 0n),
          nano(balance.posted),
        )
        return found
      }, 60_000)
      assert.ok(records.every((record) => record['api'] === 'test' && record['route'] === '* /*'))
    })
  })
}

import { after, before, describe, test } from 'node:test'
import { answer, usage, words } from '../support/behaviours.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { createDatabase, postgresMissing } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { assertSpent, raceConfiguration, raceFreely, raceWhileInFlight, teamCustomer } from './race.ts'

const WALLET_CODES = ['balance_reserved', 'insufficient_balance']
const CAP_CODES = ['balance_reserved', 'cap_key']
const withoutPostgres = await postgresMissing()

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  describe(`500 parallel requests on ${engine}`, { skip: engine === 'PostgreSQL' && withoutPostgres }, () => {
    let upstream: Upstream
    let database: TestDatabase | undefined
    let gateway: Gateway

    before(async () => {
      upstream = await startUpstream()
      upstream.on('raced', answer(usage(8, 10), { content: words(10) }))
      database = engine === 'PostgreSQL' ? await createDatabase() : undefined
      gateway = await startGateway({
        config: raceConfiguration(upstream),
        ...(database === undefined ? {} : { databaseUrl: database.url }),
      })
    })
    after(async () => {
      await gateway?.stop()
      await upstream?.close()
      await database?.drop()
    })

    test('M4, M26: room for ten serves ten, the others wait for these, and then the balance is empty', async (context) => {
      const customer = await gateway.customer('0.10')
      context.diagnostic(await raceWhileInFlight([gateway], upstream, customer, { status: 402, code: 'insufficient_balance' }))
      await assertSpent(gateway, customer, 100_000_000n)
    })

    test('M4: room for ten, and all but a billionth of an eleventh, serves ten when answers come at once', async (context) => {
      const customer = await gateway.customer('0.109999999')
      context.diagnostic(await raceFreely([gateway], customer, WALLET_CODES))
      await assertSpent(gateway, customer, 100_000_000n)
    })

    test('M3, M26: a cap of the key with room for ten serves ten, however much the wallet holds', async (context) => {
      const customer = await gateway.customer('5.00', { cap: { amount: '0.10', period: 'total' } })
      context.diagnostic(await raceWhileInFlight([gateway], upstream, customer, { status: 403, code: 'cap_key' }))
      await assertSpent(gateway, customer, 100_000_000n)
      const second = await gateway.customer('5.00', { cap: { amount: '0.109999999', period: 'day' } })
      context.diagnostic(await raceFreely([gateway], second, CAP_CODES))
      await assertSpent(gateway, second, 100_000_000n)
    })

    test('M3, M26: a cap of the team with room for ten serves ten, however much the wallet and the other caps have', async (context) => {
      const customer = await teamCustomer(gateway, '0.10')
      context.diagnostic(await raceWhileInFlight([gateway], upstream, customer, { status: 403, code: 'cap_team' }))
      await assertSpent(gateway, customer, 100_000_000n)
      const second = await teamCustomer(gateway, '0.109999999')
      context.diagnostic(await raceFreely([gateway], second, ['balance_reserved', 'cap_team']))
      await assertSpent(gateway, second, 100_000_000n)
    })
  })
}

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { answer, stream, usage, words } from '../support/behaviours.ts'
import { faregate } from '../support/cli.ts'
import { say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { json, send } from '../support/http.ts'
import { createDatabase, postgresMissing } from '../support/postgres.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { chatStream } from '../support/sse.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { eventually, gate } from '../support/wait.ts'
import { raceConfiguration, raceFreely, raceWhileInFlight } from './race.ts'

const withoutPostgres = await postgresMissing()
const BODY = { model: 'raced', max_tokens: 10, messages: say() }

/** A customer without any money, in arrears. */
async function inArrears(gateway: Gateway, creditLimit: string): Promise<Customer> {
  const customer = await gateway.customer()
  await setLimit(gateway, customer, creditLimit)
  return customer
}

async function setLimit(gateway: Gateway, { organization }: Customer, creditLimit: string): Promise<void> {
  await gateway.api.expect(200, 'PATCH', `/api/organizations/${organization}`, { billing: { mode: 'arrears', creditLimit } })
}

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  describe(`an organization in arrears on ${engine}`, { skip: engine === 'PostgreSQL' && withoutPostgres }, () => {
    let upstream: Upstream
    let database: TestDatabase | undefined
    let gateway: Gateway

    before(async () => {
      upstream = await startUpstream()
      upstream.on('raced', answer(usage(8, 10), { content: words(10) }))
      database = engine === 'PostgreSQL' ? await createDatabase() : undefined
      const config = raceConfiguration(upstream)
      gateway = await startGateway({ config, ...(database === undefined ? {} : { databaseUrl: database.url }) })
    })
    after(async () => {
      await gateway?.stop()
      await upstream?.close()
      await database?.drop()
    })

    test('M4, M26: 500 parallel requests against credit for ten: ten are served, the others wait for these, and then it is used up', async (context) => {
      const customer = await inArrears(gateway, '0.10')
      context.diagnostic(await raceWhileInFlight([gateway], upstream, customer, { status: 402, code: 'insufficient_balance' }))
      assert.equal(nano((await assertSettled(gateway.api, customer.organization)).available), -100_000_000n)
    })

    test('M4: money and credit together have room for ten, and all but a billionth of an eleventh', async (context) => {
      const customer = await inArrears(gateway, '0.059999999')
      await gateway.api.grant(customer.organization, '0.05')
      context.diagnostic(await raceFreely([gateway], customer, ['balance_reserved', 'insufficient_balance']))
      assert.equal(nano((await assertSettled(gateway.api, customer.organization)).available), -50_000_000n)
    })

    test('M26: at the limit it is 402 with what is left of the credit, and the first fix makes the same request pass', async () => {
      const customer = await inArrears(gateway, '0.015')
      assert.equal((await gateway.chat(customer.key, BODY)).status, 200)
      const refused = await gateway.chat(customer.key, BODY)
      assert.equal(refused.status, 402, refused.text)
      const { code, limit, fixes } = json(refused) as { code: string; limit: unknown; fixes: { kind: string; command: string }[] }
      assert.equal(code, 'insufficient_balance')
      assert.deepEqual(limit, {
        kind: 'credit',
        unit: 'USD',
        required: '0.01',
        available: '0.005',
        held: '0.00',
        shortfall: '0.005',
        creditLimit: '0.015',
      })
      assert.equal(fixes[0]?.kind, 'pay')
      const [, ...command] = fixes[0].command.split(' ')
      assert.equal((await faregate(command, gateway)).code, 0)
      assert.equal((await gateway.chat(customer.key, BODY)).status, 200)
    })

    test('is shown as such: by the organization, its balance, its key, and what a request would take', async () => {
      const customer = await inArrears(gateway, '0.50')
      const { billing } = await gateway.api.expect<{ billing: unknown }>(200, 'GET', `/api/organizations/${customer.organization}`)
      assert.deepEqual(billing, { mode: 'arrears', creditLimit: '0.50' })
      await gateway.chat(customer.key, BODY)
      const balance = (await gateway.api.balance(customer.organization)) as unknown as Record<string, string>
      assert.deepEqual(
        ['mode', 'available', 'creditLimit', 'spendable'].map((member) => balance[member]),
        ['arrears', '-0.01', '0.50', '0.49'],
      )
      const seen = json(await send(`${gateway.url}/v1/key`, { headers: { authorization: `Bearer ${customer.key}` } }))
      assert.deepEqual(seen['balance'], {
        mode: 'arrears',
        available: '-0.01',
        held: '0.00',
        used: '0.01',
        creditLimit: '0.50',
        spendable: '0.49',
      })
      assert.equal((await gateway.explain(customer.key, BODY)).verdict, 'allow')
      await setLimit(gateway, customer, '0.015')
      const { verdict } = await gateway.explain(customer.key, BODY)
      assert.deepEqual((verdict as { limit: Record<string, string> }).limit['available'], '0.005')
    })

    test('a lower limit touches no hold, and holds from the next request on', async () => {
      const customer = await inArrears(gateway, '0.02')
      const release = gate()
      upstream.on('held', answer(usage(8, 10), { after: release.promise, content: words(10) }))
      const running = gateway.chat(customer.key, { ...BODY, model: 'held' })
      await eventually(async () => assert.equal((await gateway.api.balance(customer.organization)).held, '0.01'))
      await setLimit(gateway, customer, '0.00')
      release.open()
      assert.equal((await running).status, 200)
      const refused = await gateway.chat(customer.key, BODY)
      assert.equal(refused.status, 402)
      assert.deepEqual((json(refused)['limit'] as { available: string }).available, '-0.01')
      assert.equal(nano((await assertSettled(gateway.api, customer.organization)).available), -10_000_000n)
    })

    test('M13: a stream ends where the credit does, and never beyond', async () => {
      upstream.on('endless', stream(1_000_000, { everyMs: 1 }))
      const model = {
        name: 'endless',
        deployments: [{ provider: 'fake', model: 'endless' }],
        price: { input: '0', output: '1000' },
        sliceTokens: 8,
      }
      await gateway.api.expect(201, 'POST', '/api/models', model)
      const customer = await inArrears(gateway, '0.30')
      const result = await gateway.chat(customer.key, { model: 'endless', stream: true, messages: say() })
      const seen = chatStream(result.body)
      assert.equal(seen.done, 0)
      assert.match(result.text, /stream_funds_exhausted/)
      assert.match(result.text, /"kind":"credit"/)
      const { available } = await assertSettled(gateway.api, customer.organization)
      assert.ok(nano(available) >= -300_000_000n, available)
      assert.equal(nano(available), BigInt(seen.pieces) * -1_000_000n)
    })

    test('what was prepaid stays so: no credit without a limit, and none after it is taken away', async () => {
      const customer = await gateway.customer('0.01')
      await gateway.api.expect(200, 'PATCH', `/api/organizations/${customer.organization}`, { billing: { mode: 'prepaid' } })
      assert.equal((await gateway.chat(customer.key, BODY)).status, 200)
      const refused = await gateway.chat(customer.key, BODY)
      assert.deepEqual([refused.status, (json(refused)['limit'] as { kind: string }).kind], [402, 'balance'])
    })
  })
}

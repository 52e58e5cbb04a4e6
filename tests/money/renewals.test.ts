import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { either, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { ENGINES, onTwoReplicas, SHARED_SECRET } from '../support/engines.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { header } from '../support/http.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { eventually } from '../support/wait.ts'

const BODY = { model: 'only-plan', max_tokens: 10, messages: say() }
/** A period that is paid ends as soon as this. */
const SOON_MS = 3_000

interface Subscription {
  id: string
  state: string
  periods: number
  paidUntil: string
}

/** A plan without grace, whose model costs nothing under it and is sold by nothing else. */
async function sell(gateway: Gateway): Promise<void> {
  const plan = { name: 'monthly', price: '0.10', period: 'month', graceDays: 0, models: ['only-plan'], exclusive: true, priceFactor: '0' }
  await gateway.api.expect(201, 'POST', '/api/plans', plan)
}

/** Subscribed elsewhere, and paid there until a moment from now. */
async function subscribed(gateway: Gateway, credit: string): Promise<{ customer: Customer; id: string }> {
  const customer = await gateway.customer(credit)
  const body = { plan: 'monthly', paidUntil: new Date(Date.now() + SOON_MS).toISOString() }
  const path = `/api/organizations/${customer.organization}/subscriptions`
  const { id, state, periods } = await gateway.api.expect<Subscription>(201, 'POST', path, body)
  assert.deepEqual([state, periods], ['active', 0])
  return { customer, id }
}

const read = (gateway: Gateway, id: string) => gateway.api.expect<Subscription>(200, 'GET', `/api/subscriptions/${id}`)

/** Calls without a break over the end of the period; gives the codes of what was refused. */
async function callOver(gateways: Gateway[], { key }: Customer, calls: number): Promise<string[]> {
  const refused: string[] = []
  const one = async (index: number): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, (index / calls) * SOON_MS * 2))
    const answer = await (gateways[index % gateways.length] as Gateway).chat(key, BODY)
    if (answer.status !== 200) refused.push(header(answer, 'faregate-denial') ?? answer.text)
  }
  await Promise.all(Array.from({ length: calls }, (_, index) => one(index)))
  return refused
}

async function assertPaidOnce(gateway: Gateway, { organization }: Customer, id: string): Promise<void> {
  const { periods, state } = await eventually(async () => {
    const found = await read(gateway, id)
    assert.equal(found.periods, 1)
    return found
  }, 15_000)
  assert.deepEqual([periods, state], [1, 'active'])
  assert.equal((await gateway.api.balance(organization)).posted, '0.10')
  const report = await gateway.api.expect<{ ok: boolean; violations: unknown[] }>(200, 'GET', '/api/ledger/verify')
  assert.deepEqual(report.violations, [])
}

describe('the next period of a subscription', () => {
  let upstream: Upstream
  let config: Record<string, unknown>

  before(async () => {
    upstream = await startUpstream()
    upstream.on('only-plan', either(5, { usage: usage(0, 5) }))
    config = configuration(upstream, { 'only-plan': {} })
  })
  after(() => upstream?.close())

  for (const { name, skip, block } of ENGINES) {
    describe(
      `on ${name}`,
      { skip },
      block((engine) => {
        test('is paid once while 200 requests come over its beginning, and none is refused', async () => {
          const gateway = await startGateway({ config, ...engine.options, env: SHARED_SECRET })
          try {
            await sell(gateway)
            const { customer, id } = await subscribed(gateway, '1.00')
            assert.deepEqual(await callOver([gateway], customer, 200), [])
            await assertPaidOnce(gateway, customer, id)
          } finally {
            await gateway.stop()
          }
        })

        test('is paid once, when it begins while no process runs', async () => {
          const gateway = await startGateway({ config, ...engine.options, env: SHARED_SECRET })
          try {
            await sell(gateway)
            const { customer, id } = await subscribed(gateway, '1.00')
            const poor = await subscribed(gateway, '0.05')
            await gateway.kill()
            await new Promise((resolve) => setTimeout(resolve, SOON_MS))
            await gateway.start()
            await assertPaidOnce(gateway, customer, id)
            const late = await gateway.chat(poor.customer.key, BODY)
            assert.match(header(late, 'faregate-denial') ?? '', /^subscription_past_due;/)
            await gateway.api.grant(poor.customer.organization, '0.06')
            assert.equal((await gateway.chat(poor.customer.key, BODY)).status, 200, 'a top-up mends it with the next request')
            await assertPaidOnce(gateway, poor.customer, poor.id)
          } finally {
            await gateway.stop()
          }
        })
      }),
    )
  }

  onTwoReplicas(
    (options) => startGateway({ config, ...options }),
    (gateways) => {
      test('is paid once while 200 requests come to both over its beginning', async () => {
        const [first] = gateways
        await sell(first)
        const { customer, id } = await subscribed(first, '1.00')
        await new Promise((resolve) => setTimeout(resolve, 1_000))
        assert.deepEqual(await callOver(gateways, customer, 200), [])
        await assertPaidOnce(first, customer, id)
      })
    },
  )
})

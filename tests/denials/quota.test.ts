import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BODY, PRICE, world } from '../people/world.ts'
import { atTimes } from '../support/at-times.ts'
import { either, usage } from '../support/behaviours.ts'
import { configuration } from '../support/config.ts'
import { ENGINES } from '../support/engines.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { header, json } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { startUpstream } from '../support/upstream.ts'

interface Refusal {
  code: string
  status: number
  /** Names of plans that the answer offers. */
  plans: string[]
  /** Kinds and actions. */
  fixes: string[]
  retry: string | undefined
  after: string | undefined
}

function refusalOf(answer: Answer): Refusal {
  const body = json(answer) as { code: string; plans?: { plan: string }[]; fixes: { kind: string; action: string }[] }
  return {
    code: body.code,
    status: answer.status,
    plans: (body.plans ?? []).map(({ plan }) => plan),
    fixes: body.fixes.map(({ kind, action }) => `${kind} ${action}`),
    retry: header(answer, 'x-should-retry'),
    after: header(answer, 'retry-after'),
  }
}

let made = 0

/** A model of its own, sold by plans alone; a customer, and what gives it plans. */
async function seller(gateway: Gateway, model: string, credit = '1.00') {
  const { api } = gateway
  const customer = await gateway.customer(credit)
  const number = ++made
  /** Puts a plan on sale; a call counts one request and ten tokens. */
  const sell = async (terms: object): Promise<string> => {
    const name = `plan-${number}-${++made}`
    await api.expect(201, 'POST', '/api/plans', { name, price: '0', period: 'free', models: [model], exclusive: true, ...terms })
    return name
  }
  const subscribe = async (plan: string, more: object = {}): Promise<void> => {
    await api.expect(201, 'POST', `/api/organizations/${customer.organization}/subscriptions`, { plan, ...more })
  }
  return { customer, sell, subscribe, call: () => gateway.chat(customer.key, { ...BODY, model }) }
}

const requests = (limit: number, more: object = {}) => ({ counts: 'requests', models: '*', limit, ...more })
const tokens = (limit: number, more: object = {}) => ({ counts: 'tokens', models: '*', limit, ...more })
const nothing = { quotas: [requests(0)], listed: false }
/** Nothing to buy, and nothing to wait for within a minute. */
const WAITS = { code: 'quota_exhausted', status: 429, plans: [], retry: 'false', after: undefined }

for (const { name, skip, block } of ENGINES) {
  describe(
    `a quota that has ended, on ${name}`,
    { skip },
    block((engine) => {
      const models = Array.from({ length: 8 }, (_, index) => `sold-${index}`)
      const sold = Object.fromEntries(models.map((model) => [model, { price: PRICE }]))
      const here = world(engine, sold, (upstream) => {
        for (const model of models) upstream.on(model, either(10, { usage: usage(0, 10) }))
        return {}
      })
      /** The next model of which no other test knows. */
      const next = (credit?: string) => seller(here.gateway, models.shift() ?? assert.fail('no model is left'), credit)

      async function refused(of: { call: () => Promise<Answer> }): Promise<Refusal> {
        return refusalOf(await of.call())
      }

      test('is 429 without a Retry-After where nothing is for sale, and its period ends later', async () => {
        const one = await next()
        await one.subscribe(await one.sell(nothing))
        const { fixes: _, ...rest } = await refused(one)
        assert.deepEqual(rest, WAITS)
      })

      test('is 402, with the plan, where one is sold that has more: a larger quota, none, or use beyond it', async () => {
        for (const quotas of [[requests(5)], [], [requests(0, { overage: '2' })]]) {
          const one = await next()
          await one.subscribe(await one.sell(nothing))
          const more = await one.sell({ quotas, price: '0.10', period: 'month' })
          const { fixes, ...rest } = await refused(one)
          assert.deepEqual(rest, { ...WAITS, status: 402, plans: [more] })
          assert.equal(fixes[0], 'pay upgrade')
        }
      })

      test('is 429 where what is sold has no more of it, or has to be approved; that one is named', async () => {
        const one = await next()
        await one.subscribe(await one.sell(nothing))
        await one.sell({ quotas: [requests(0)], price: '0.10', period: 'month' })
        const { fixes: _, ...none } = await refused(one)
        assert.deepEqual(none, WAITS)
        const asked = await one.sell({ approval: true })
        const { fixes, ...rest } = await refused(one)
        assert.deepEqual(rest, { ...WAITS, plans: [asked] })
        assert.ok(fixes.includes('change_policy request_approval'), fixes.join())
      })

      // Until it has ended a call may take 38 tokens, and takes ten.
      test('is gone on with beyond it where that has a price, at that price, until another quota ends that has none', async () => {
        const one = await next()
        await one.subscribe(await one.sell({ priceFactor: '0', quotas: [requests(1, { overage: '3' }), tokens(58)], listed: false }))
        const costs: (string | undefined)[] = []
        for (let calls = 0; calls < 3; calls++) costs.push(header(await one.call(), 'faregate-cost'))
        assert.deepEqual(costs, ['0.00', '0.03', '0.03'])
        const { fixes: _, ...rest } = refusalOf(await one.call())
        assert.deepEqual(rest, WAITS)
        assert.equal((await here.gateway.api.balance(one.customer.organization)).posted, '0.06')
      })

      test('beyond it, a balance that does not reach is 402: to be topped up', async () => {
        const one = await next('0.02')
        await one.subscribe(await one.sell({ quotas: [requests(0, { overage: '3' })], listed: false }))
        const { code, status, fixes } = await refused(one)
        assert.deepEqual([code, status, fixes[0]?.split(' ')[0]], ['insufficient_balance', 402, 'pay'])
      })

      test('of one plan is no refusal while another one of the customer has room', async () => {
        const one = await next()
        await one.subscribe(await one.sell(nothing))
        await one.subscribe(await one.sell({ quotas: [requests(1)], listed: false }))
        assert.equal((await one.call()).status, 200)
        assert.equal(refusalOf(await one.call()).code, 'quota_exhausted')
      })
    }),
  )

  test(
    `a quota whose period ends within a minute is 429 with that Retry-After, and then has room again, on ${name}`,
    { skip },
    async () => {
      const upstream = await startUpstream()
      upstream.on('sold', either(10, { usage: usage(0, 10) }))
      const config = configuration(upstream, { sold: { price: PRICE } })
      try {
        await atTimes(name, config, ['2028-02-29T23:00:00Z', '2028-02-29T23:59:20Z', '2028-03-01T00:00:01Z'], async ({ gateway, jump }) => {
          const one = await seller(gateway, 'sold')
          await one.subscribe(await one.sell({ quotas: [requests(1)], listed: false }), { paidUntil: '2028-03-01T00:00:00Z' })
          assert.equal((await one.call()).status, 200)
          await jump()
          const { retry, after, status } = refusalOf(await one.call())
          assert.deepEqual([status, retry], [429, 'true'])
          assert.ok(Number(after) > 0 && Number(after) <= 40, after)
          await jump()
          assert.equal((await one.call()).status, 200)
        })
      } finally {
        await upstream.close()
      }
    },
  )
}

describe('what has no price for its output under any plan that has it', () => {
  const model = 'half-priced'
  const whole = { prices: [{ models: model, price: { input: '0', output: '1000' } }] }
  const read = (answer: Answer): unknown[] => [answer.status, json(answer)['code'], json(answer)['also'] ?? []]

  test('is the operator’s to mend before anybody is asked to subscribe or to pay; a price in one of them is enough', async () => {
    const upstream = await startUpstream()
    upstream.on(model, either(10, { usage: usage(0, 10) }))
    const gateway = await startGateway({ config: configuration(upstream, { [model]: { price: { input: '1' } } }) })
    const terms = { price: '0.10', period: 'month', graceDays: 0 }
    try {
      const { sell, subscribe, call } = await seller(gateway, model)
      const without = await sell(terms)
      assert.deepEqual(read(await call()), [500, 'price_missing', ['subscription_required']])
      const late = await seller(gateway, model, '0.01')
      await late.subscribe(without)
      assert.deepEqual(read(await late.call()), [500, 'price_missing', ['subscription_incomplete']])
      const priced = await sell({ ...terms, ...whole })
      assert.deepEqual(read(await call()).slice(0, 2), [402, 'subscription_required'])
      await subscribe(priced)
      assert.equal(header(await call(), 'faregate-cost'), '0.01')
    } finally {
      await gateway.stop()
      await upstream.close()
    }
  })
})

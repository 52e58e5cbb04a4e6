import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { BODY, PRICE, world } from '../people/world.ts'
import { either, usage } from '../support/behaviours.ts'
import { ENGINES } from '../support/engines.ts'
import type { Customer } from '../support/gateway.ts'
import { json, send } from '../support/http.ts'

/** Two plans that share a model and have one each beside it; what they include costs nothing. */
const PLANS = {
  red: { models: ['shared', 'only-red'], quota: 2, credit: '0.50' },
  blue: { models: ['shared', 'only-blue'], quota: 3, credit: '0.25' },
}

for (const { name: engineName, skip, block } of ENGINES) {
  describe(
    `an organization with two subscriptions, on ${engineName}`,
    { skip },
    block((engine) => {
      const names = ['shared', 'only-red', 'only-blue']
      const made = world(engine, Object.fromEntries(names.map((name) => [name, { price: PRICE }])), (upstream) => {
        for (const name of names) upstream.on(name, either(10, { usage: usage(0, 10) }))
        return {}
      })
      before(async () => {
        for (const [name, { models, quota, credit }] of Object.entries(PLANS)) {
          const quotas = [{ counts: 'requests', models: '*', limit: quota }]
          const terms = { price: '1.00', period: 'month', models, quotas, credit, priceFactor: '0', exclusive: true }
          await made.gateway.api.expect(201, 'POST', '/api/plans', { name, ...terms })
        }
      })

      async function subscribed(): Promise<{ customer: Customer; red: string; blue: string }> {
        const customer = await made.gateway.customer('3.00')
        const path = `/api/organizations/${customer.organization}/subscriptions`
        const [red, blue] = [await take('red'), await take('blue')]
        return { customer, red, blue }

        async function take(plan: string): Promise<string> {
          return (await made.gateway.api.expect<{ id: string }>(201, 'POST', path, { plan })).id
        }
      }

      /** What calls of a model come to, one after the other: served, or the code of the refusal. */
      async function calls({ key }: Customer, model: string, times: number): Promise<string[]> {
        const codes: string[] = []
        for (let call = 0; call < times; call++) {
          const answer = await made.gateway.chat(key, { ...BODY, model })
          codes.push(answer.status === 200 ? 'served' : String(json(answer)['code']))
        }
        return codes
      }

      /** What is left of each quota, as the key says. */
      async function quotasOf({ key }: Customer): Promise<number[]> {
        const shown = json(await send(`${made.gateway.url}/v1/key`, { headers: { authorization: `Bearer ${key}` } }))
        return (shown['quotas'] as { available: number }[]).map(({ available }) => available)
      }

      const balanceOf = async ({ organization }: Customer) => (await made.gateway.api.balance(organization)).available
      const cancel = (id: string) => made.gateway.api.expect(201, 'POST', `/api/subscriptions/${id}/events`, { event: 'cancel', at: 'now' })

      test('has the sum of their quotas and of their credits', async () => {
        const { customer } = await subscribed()
        assert.equal(await balanceOf(customer), '1.75', '3.00, less twice 1.00, and 0.50 and 0.25')
        assert.deepEqual(
          (await quotasOf(customer)).toSorted((a, b) => a - b),
          [2, 3],
        )
        assert.deepEqual(await calls(customer, 'shared', 7), [...Array<string>(5).fill('served'), 'quota_exhausted', 'quota_exhausted'])
        assert.equal(await balanceOf(customer), '1.75', 'what they include costs nothing')
        await made.gateway.api.verify()
      })

      test('has the models of both', async () => {
        const { customer } = await subscribed()
        for (const model of names) assert.deepEqual(await calls(customer, model, 1), ['served'], model)
        const neither = await made.gateway.customer('3.00')
        for (const model of names) assert.deepEqual(await calls(neither, model, 1), ['subscription_required'], model)
      })

      for (const [kept, gone] of [
        ['blue', 'red'],
        ['red', 'blue'],
      ] as const) {
        test(`loses the models and the quota of ${gone} with the end of that, keeps those of ${kept}, and what it has paid for`, async () => {
          const both = await subscribed()
          const { customer } = both
          await calls(customer, `only-${gone}`, 1)
          await cancel(both[gone])
          assert.deepEqual(await calls(customer, `only-${gone}`, 1), ['subscription_cancelled'])
          assert.deepEqual(await quotasOf(customer), [PLANS[kept].quota])
          const left = PLANS[kept].quota
          assert.deepEqual(await calls(customer, `only-${kept}`, 1), ['served'])
          assert.deepEqual(await calls(customer, 'shared', left), [...Array<string>(left - 1).fill('served'), 'quota_exhausted'])
          assert.equal(await balanceOf(customer), '1.75', 'the credit of a period that was paid lasts until its end')
          await made.gateway.api.verify()
        })
      }
    }),
  )
}

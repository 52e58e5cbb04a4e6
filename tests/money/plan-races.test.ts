import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { either, usage } from '../support/behaviours.ts'
import { nano } from '../support/decimal.ts'
import { ENGINES } from '../support/engines.ts'
import type { Customer } from '../support/gateway.ts'
import { json } from '../support/http.ts'
import { pause } from '../support/wait.ts'
import { BODY, PRICE, world } from '../people/world.ts'

const CALLS = 200
/** What ends ends so soon. */
const SOON_MS = 3_000
/** Of one call. */
const COST = 5_000_000n

/** One call: between which moments it was answered, and how; `served`: it was not refused. */
interface Call {
  sentAt: number
  answeredAt: number
  code: string
}

for (const { name, skip, block } of ENGINES) {
  describe(
    `200 requests while what is sold by plan, on ${name}`,
    { skip },
    block((engine) => {
      const made = world(engine, { sold: { price: PRICE } }, (upstream) => {
        upstream.on('sold', either(5, { usage: usage(0, 5) }))
        return {}
      })

      /** A customer with a subscription to a plan that alone has the model, and costs nothing itself. */
      async function subscribed(plan: string, terms: object, more: object): Promise<{ customer: Customer; subscription: string }> {
        const { api } = made.gateway
        const shared = { name: plan, price: '0.10', period: 'month', graceDays: 0, models: ['sold'], exclusive: true }
        await api.expect(201, 'POST', '/api/plans', { ...shared, ...terms })
        const customer = await made.gateway.customer('5.00')
        const path = `/api/organizations/${customer.organization}/subscriptions`
        const { id } = await api.expect<{ id: string }>(201, 'POST', path, { plan, ...more })
        return { customer, subscription: id }
      }

      /** So many calls, spread over a time. */
      function callsOver({ key }: Customer, duration: number): Promise<Call[]> {
        const one = async (index: number): Promise<Call> => {
          await pause((index / CALLS) * duration)
          const sentAt = Date.now()
          const answer = await made.gateway.chat(key, { ...BODY, model: 'sold' })
          return { sentAt, answeredAt: Date.now(), code: answer.status === 200 ? 'served' : String(json(answer)['code']) }
        }
        return Promise.all(Array.from({ length: CALLS }, (_, index) => one(index)))
      }

      const during = (calls: Call[], from: number, until: number) => [
        ...new Set(calls.filter(({ sentAt, answeredAt }) => sentAt >= from && answeredAt <= until).map(({ code }) => code)),
      ]

      /** What was served was paid for, once each, and nothing else. */
      async function assertPaid({ organization }: Customer, calls: Call[]): Promise<void> {
        const served = calls.filter(({ code }) => code === 'served').length
        const { posted } = await assertSettled(made.gateway.api, organization)
        assert.equal(nano(posted), BigInt(served) * COST)
        assert.ok(served > 0 && served < CALLS, `${served} served`)
        await made.gateway.api.verify()
      }

      test('runs out: all are served before its end, none after it, and what was served is paid', async () => {
        const end = Date.now() + SOON_MS + 1_000
        const paid = { renews: false, paidUntil: new Date(end).toISOString() }
        const { customer } = await subscribed('ending', {}, paid)
        const calls = await callsOver(customer, SOON_MS * 2)
        assert.deepEqual(during(calls, 0, end), ['served'])
        assert.deepEqual(during(calls, end, Number.POSITIVE_INFINITY), ['subscription_expired'])
        await assertPaid(customer, calls)
      })

      test('is approved, and then taken back: each is in force within a second, and no answer is anything else', async () => {
        const { customer, subscription } = await subscribed(
          'approved',
          { price: '0', period: 'free', approval: true },
          { reason: 'to try it' },
        )
        const decided: number[] = []
        const decide = async (decision: string): Promise<void> => {
          await made.gateway.api.expect(201, 'POST', `/api/subscriptions/${subscription}/decision`, { decision, reason: 'as it is' })
          decided.push(Date.now())
        }
        const running = callsOver(customer, 5_000)
        await pause(1_500)
        const asked = Date.now()
        await decide('approve')
        await pause(2_000)
        const taken = Date.now()
        await decide('revoke')
        const calls = await running
        const [approved = 0, revoked = 0] = decided
        assert.deepEqual(during(calls, 0, asked), ['approval_pending'])
        assert.deepEqual(during(calls, approved + 1_000, taken), ['served'])
        assert.deepEqual(during(calls, revoked + 1_000, Number.POSITIVE_INFINITY), ['approval_rejected'])
        const codes = new Set(calls.map(({ code }) => code))
        assert.deepEqual([...codes].toSorted(), ['approval_pending', 'approval_rejected', 'served'])
        await assertPaid(customer, calls)
      })
    }),
  )
}

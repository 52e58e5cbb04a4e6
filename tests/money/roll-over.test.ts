import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { atTimes } from '../support/at-times.ts'
import type { AtTimes } from '../support/at-times.ts'
import { answer, either, usage, words } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { ENGINES } from '../support/engines.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { json } from '../support/http.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { eventually, gate, pause } from '../support/wait.ts'

/** A token of output costs 0.001, a call ten of them. */
const PRICE = { input: '0', output: '1000' }
const COST = 10_000_000n
const FEE = 100_000_000n
/** Calls that the quota, and the cap of the key, have room for in a period. */
const ROOM = 60
const HALF = 100
/** In a leap year: the quota, the cap and what is paid end together. */
const TURN = '2028-03-01T00:00:00.000Z'
const NEXT_TURN = '2028-04-01T00:00:00.000Z'
const BEFORE = '2028-02-29T23:00:00.000Z'

interface Subscription {
  periods: number
  paidUntil: string
  state: string
}

for (const { name, skip } of ENGINES) {
  describe(`200 requests over a turn of the month, on ${name}`, { skip }, () => {
    let upstream: Upstream
    let config: Record<string, unknown>

    before(async () => {
      upstream = await startUpstream()
      upstream.on('quick', either(10, { usage: usage(0, 10) }))
      config = configuration(upstream, { held: { price: PRICE }, quick: { price: PRICE } })
    })
    after(() => upstream?.close())

    /** A plan without grace that alone has the models, and a customer who has it until a time and a key with a cap. */
    async function subscribed(gateway: Gateway, paidUntil: string, room?: number): Promise<{ customer: Customer; id: string }> {
      const { api } = gateway
      const plan = { name: 'monthly', price: '0.10', period: 'month', graceDays: 0, models: ['held', 'quick'], exclusive: true }
      const quotas = room === undefined ? [] : [{ counts: 'requests', models: '*', limit: room }]
      await api.expect(201, 'POST', '/api/plans', { ...plan, quotas })
      const cap = room === undefined ? {} : { cap: { amount: `0.${room}`, period: 'month' as const } }
      const customer = await gateway.customer('5.00', cap)
      const path = `/api/organizations/${customer.organization}/subscriptions`
      const { id } = await api.expect<{ id: string }>(201, 'POST', path, { plan: 'monthly', paidUntil })
      return { customer, id }
    }

    const call = (gateway: Gateway, { key }: Customer, model: string) =>
      gateway
        .chat(key, { model, max_tokens: 10, messages: say() })
        .then((got) => (got.status === 200 ? 'served' : String(json(got)['code'])))

    /** Calls that reach their upstream, and stay there until they are released, or that are refused at once. */
    function flights(gateway: Gateway, customer: Customer, tokens: number) {
      const release = gate()
      upstream.on('held', answer(usage(0, tokens), { after: release.promise, content: words(tokens) }))
      const already = upstream.callsOf('held').length
      const refused: string[] = []
      const half = () =>
        Array.from({ length: HALF }, async () => {
          const code = await call(gateway, customer, 'held')
          if (code !== 'served') refused.push(code)
          return code
        })
      const arrived = () => upstream.callsOf('held').length - already
      const decided = (count: number) => eventually(() => assert.equal(refused.length + arrived(), count), 60_000)
      return { half, refused, decided, arrived, release }
    }

    /** Paid so often, until then, and nothing else was charged but these calls. */
    async function assertPaid(gateway: Gateway, customer: Customer, id: string, of: { periods: number; served: number }): Promise<string> {
      const { paidUntil } = await eventually(async () => {
        const found = await gateway.api.expect<Subscription>(200, 'GET', `/api/subscriptions/${id}`)
        assert.deepEqual([found.periods, found.state], [of.periods, 'active'])
        return found
      })
      const { posted } = await assertSettled(gateway.api, customer.organization)
      assert.equal(nano(posted), BigInt(of.periods) * FEE + BigInt(of.served) * COST)
      return paidUntil
    }

    /** Each hold counts in the period in which it was taken, and nowhere else. Gives how many there are of each. */
    async function holdsOfPeriods({ rows }: AtTimes): Promise<number[]> {
      const accounts = await rows(`SELECT id, unit, posted, held, resets_at FROM accounts WHERE kind = 'cap' AND resets_at IS NOT NULL`)
      const ends = new Map(accounts.map(({ id, resets_at }) => [String(id), new Date(Number(resets_at)).toISOString()]))
      const holds = await rows(`SELECT at, legs FROM entries WHERE kind = 'hold'`)
      const counted = new Map<string, number>()
      for (const { at, legs } of holds) {
        const due = Number(at) < Date.parse(TURN) ? TURN : NEXT_TURN
        const counters = (JSON.parse(String(legs)) as string[][]).map(([account = '']) => account).filter((account) => ends.has(account))
        assert.deepEqual(
          counters.map((account) => ends.get(account)),
          [due, due],
          `a hold of ${new Date(Number(at)).toISOString()} on ${counters.join(', ')}`,
        )
        for (const account of counters) counted.set(account, (counted.get(account) ?? 0) + 1)
      }
      for (const { id, unit, posted, held } of accounts) {
        const each = unit === 'quota:requests' ? 1n : COST
        assert.equal(BigInt(String(posted)), BigInt(counted.get(String(id)) ?? 0) * each, String(id))
        assert.equal(BigInt(String(held)), 0n)
      }
      const of = (end: string) => [...counted].filter(([account]) => ends.get(account) === end).map(([, count]) => count)
      const [quota = 0, cap] = of(TURN)
      const [nextQuota = 0, nextCap] = of(NEXT_TURN)
      assert.deepEqual([quota, nextQuota], [cap, nextCap], 'the quota and the cap have counted the same')
      return [quota, nextQuota]
    }

    test('M8: what is in flight counts where it was taken: each period serves exactly what it has room for, and one fee is paid', async () => {
      await atTimes(name, config, [BEFORE, '2028-03-01T00:00:01.000Z'], async (made) => {
        const { gateway, jump } = made
        const { customer, id } = await subscribed(gateway, TURN, ROOM)
        const { half, refused, decided, release } = flights(gateway, customer, 10)
        const calls = half()
        await decided(HALF)
        await jump()
        calls.push(...half())
        await decided(2 * HALF)
        release.open()
        const codes = await Promise.all(calls)
        assert.equal(codes.filter((code) => code === 'served').length, 2 * ROOM)
        assert.deepEqual([...new Set(refused)], ['balance_reserved'])
        assert.equal(await assertPaid(gateway, customer, id, { periods: 1, served: 2 * ROOM }), NEXT_TURN)
        assert.deepEqual(await holdsOfPeriods(made), [ROOM, ROOM])
      })
    })

    test('M8: calls that come and end without a break over it count once, in one period, and neither exceeds its room', async (context) => {
      await atTimes(name, config, [BEFORE, '2028-02-29T23:59:55.000Z'], async (made) => {
        const { gateway, jump } = made
        const { customer, id } = await subscribed(gateway, TURN, ROOM)
        await jump()
        const codes = await Promise.all(
          Array.from({ length: 2 * HALF }, async (_, index) => {
            await pause(index * 50)
            return call(gateway, customer, 'quick')
          }),
        )
        const served = codes.filter((code) => code === 'served').length
        const others = new Set(codes.filter((code) => !['served', 'quota_exhausted', 'cap_key', 'balance_reserved'].includes(code)))
        assert.deepEqual([...others], [])
        assert.equal(await assertPaid(gateway, customer, id, { periods: 1, served }), NEXT_TURN)
        const holds = await holdsOfPeriods(made)
        assert.equal(
          holds.reduce((sum, count) => sum + count, 0),
          served,
        )
        for (const count of holds) assert.ok(count > 0 && count <= ROOM, `${holds.join(' and ')} of ${ROOM}`)
        context.diagnostic(`${holds.join(' and ')} of ${ROOM} in each period`)
      })
    })

    /** So many calls at once, all of which are served. */
    async function serveAll(gateway: Gateway, customer: Customer, count: number): Promise<void> {
      const codes = await Promise.all(Array.from({ length: count }, () => call(gateway, customer, 'quick')))
      assert.deepEqual([...new Set(codes)], ['served'])
    }

    test('periods from the last of a month end with each month, the leap day too, and each is paid once', async () => {
      const moments = ['2028-01-30T12:00:00Z', '2028-01-31T00:00:01Z', '2028-02-29T00:00:01Z', '2028-03-31T00:00:01Z']
      await atTimes(name, config, moments, async ({ gateway, jump }) => {
        const { customer, id } = await subscribed(gateway, '2028-01-31T00:00:00.000Z')
        for (const [index, until] of ['2028-02-29', '2028-03-31', '2028-04-30'].entries()) {
          await jump()
          await serveAll(gateway, customer, HALF / 2)
          const of = { periods: index + 1, served: (index + 1) * (HALF / 2) }
          assert.equal(await assertPaid(gateway, customer, id, of), `${until}T00:00:00.000Z`)
        }
      })
    })

    test('a clock that leaps over several periods, goes back, and comes again, makes one payment, and then the next one', async () => {
      const moments = [
        '2028-01-15T12:00:00Z',
        '2028-06-15T12:00:00Z',
        '2028-02-10T12:00:00Z',
        '2028-06-20T12:00:00Z',
        '2028-07-16T12:00:00Z',
      ]
      await atTimes(name, config, moments, async ({ gateway, jump }) => {
        const { customer, id } = await subscribed(gateway, '2028-01-31T00:00:00.000Z')
        await jump()
        await serveAll(gateway, customer, 2 * HALF)
        const until = await assertPaid(gateway, customer, id, { periods: 1, served: 2 * HALF })
        assert.match(until, /^2028-07-15T12:00:0/, 'the months between were not served, and are not paid for')
        await jump()
        await serveAll(gateway, customer, HALF / 2)
        assert.equal(await assertPaid(gateway, customer, id, { periods: 1, served: 2.5 * HALF }), until)
        await jump()
        await serveAll(gateway, customer, HALF / 2)
        assert.equal(await assertPaid(gateway, customer, id, { periods: 1, served: 3 * HALF }), until)
        await jump()
        await serveAll(gateway, customer, HALF / 2)
        assert.match(await assertPaid(gateway, customer, id, { periods: 2, served: 3.5 * HALF }), /^2028-08-15T12:00:0/)
      })
    })

    test('M7: credit that expires while calls are in flight pays for these, gives nothing to another, and the rest is gone', async () => {
      await atTimes(name, config, [BEFORE, '2028-03-01T00:00:01.000Z'], async ({ gateway, jump }) => {
        const customer = await gateway.customer()
        await gateway.api.grant(customer.organization, `0.${ROOM}`, { expiresAt: TURN })
        const { half, refused, decided, arrived, release } = flights(gateway, customer, 5)
        const calls = half()
        await decided(HALF)
        assert.deepEqual([refused.length, [...new Set(refused)]], [HALF - ROOM, ['balance_reserved']])
        await jump()
        const late = await Promise.all(half())
        assert.deepEqual([...new Set(late)], ['insufficient_balance'], 'what is held has expired: waiting for it helps nobody')
        assert.equal(arrived(), ROOM, 'none of the second half was served')
        release.open()
        await Promise.all(calls)
        const balance = await assertSettled(gateway.api, customer.organization)
        const { posted, expired, available } = balance
        assert.deepEqual([nano(posted), nano(expired), nano(available)], [(BigInt(ROOM) * COST) / 2n, (BigInt(ROOM) * COST) / 2n, 0n])
        assert.equal(await call(gateway, customer, 'held'), 'insufficient_balance')
      })
    })
  })
}

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { PaymentRail } from '@faregate/billing/rails/port'
import type { RefundOutcome } from '@faregate/billing/rails/saved'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { askAgain, refuseRefund, settleRefund, takeForRefund } from '../src/payments/refund.ts'
import { creditTopUp } from '../src/top-up.ts'
import { returnTopUp } from '../src/top-up-return.ts'
import { startHarness, type Harness } from './support/harness.ts'
import { TEST_RAIL } from './support/rail.ts'

const UNIT = 1_000_000_000n
const MINUTE = 60_000

for (const kind of KINDS) {
  describe(`refunds of top-ups on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    before(async () => {
      api = await startHarness(kind)
    })
    after(() => api.close())

    /** A top-up of 10.00 that was paid, and a rail that says of its refunds what it is told to say. */
    async function world() {
      const made = await api.call('POST', '/api/organizations', { body: { name: 'acme' } })
      const organization = String(made.body.id)
      const id = `pay_${organization}`
      const facts = { rail: TEST_RAIL.name, createdAt: api.clock.now(), automatic: false, payment: null, plan: null }
      const amount = 10n * UNIT
      await api.deps.store.write((trx) => trx.insertTopUp({ id, organization, amount, ...facts }))
      await creditTopUp(api.deps, TEST_RAIL, { order: id, organization, amount, currency: 'USD', reference: `payment of ${id}` })
      const asked: string[] = []
      const says: { now: RefundOutcome | 'nothing' } = { now: 'nothing' }
      const rail: PaymentRail = {
        ...TEST_RAIL,
        refund: async (refund) => {
          asked.push(refund.id)
          if (says.now === 'nothing') throw new Error('no answer')
          return says.now
        },
      }
      api.deps.rail = rail
      const { topUps, topUpRefunds, money } = api.deps.store.read
      const path = `/api/top-ups/${id}/refunds`
      const refund = async (body: Record<string, unknown>, idempotencyKey?: string) =>
        api.call('POST', path, { body: { reason: 'r', ...body }, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) })
      return {
        organization,
        id,
        rail,
        asked,
        says,
        refund,
        row: async (of: unknown) => (await topUpRefunds.get(String(of))) ?? assert.fail('there is none'),
        order: async () => (await topUps.get(id)) ?? assert.fail('there is none'),
        granted: async () => (await money.balance(organization, api.clock.now()))?.granted,
        /** The rail tells that a refund succeeded. */
        told: (of: string) => {
          const told = { order: id, organization, amount: 4n * UNIT, currency: 'USD', reference: `re_${of}` }
          return returnTopUp(api.deps, rail, { status: 'returned', refund: of, ...told })
        },
      }
    }

    /** A refund of 4.00 that the rail refused; whoever was told so was killed once the credit was given again. */
    async function cutOff() {
      const acme = await world()
      const { body } = await acme.refund({ amount: '4.00' })
      const refund = await acme.row(body.id)
      assert.deepEqual([refund.state, await acme.granted()], ['pending', 6n * UNIT])
      const killed = { ...api.deps.store, write: () => Promise.reject(new Error('killed')) }
      acme.says.now = { status: 'refused', reason: 'it was in dispute' }
      await assert.rejects(settleRefund({ ...api.deps, store: killed }, acme.rail, refund))
      assert.deepEqual([(await acme.row(refund.id)).state, await acme.granted()], ['pending', 10n * UNIT])
      return { ...acme, refund }
    }

    it('whose credit was given again are not asked for any more', async () => {
      const { refund, rail, says, asked, row, granted } = await cutOff()
      says.now = { status: 'refunded', reference: 're_1' }
      const earlier = asked.length
      api.clock.time += MINUTE
      await askAgain(api.deps, rail, refund)
      assert.equal(asked.length, earlier)
      assert.deepEqual([(await row(refund.id)).state, await granted()], ['refused', 10n * UNIT])
    })

    for (const when of ['at once', 'once it is written down as refused'])
      it(`that succeed after all take the credit back that was given again, once: told ${when}`, async () => {
        const { refund, rail, told, granted } = await cutOff()
        if (when !== 'at once') await askAgain(api.deps, rail, refund)
        assert.deepEqual(await told(refund.id), { status: 'done', missing: 0n })
        assert.deepEqual(await told(refund.id), { status: 'again' })
        assert.equal(await granted(), 6n * UNIT)
      })

    it('that succeed and fail later give the credit again', async () => {
      const { refund, says, row, told, granted } = await world()
      says.now = { status: 'refunded', reference: 're_1' }
      const { body } = await refund({ amount: '4.00' })
      assert.deepEqual(await told(String(body.id)), { status: 'again' })
      assert.equal(await granted(), 6n * UNIT)
      for (let time = 0; time < 2; time++) await refuseRefund(api.deps, String(body.id), 'the account is closed')
      assert.deepEqual([(await row(body.id)).state, await granted()], ['refused', 10n * UNIT])
    })

    it('that have failed by the time their success is booked leave the credit that was given again', async () => {
      const { rail, says, refund, told, granted } = await world()
      says.now = { status: 'refunded', reference: 're_1' }
      const { body } = await refund({ amount: '4.00' })
      await refuseRefund(api.deps, String(body.id), 'the account is closed')
      rail.refunded = async () => false
      assert.deepEqual([await told(String(body.id)), await granted()], [{ status: 'again' }, 10n * UNIT])
    })

    it('say in the audit who asked for them', async () => {
      const { organization, id, refund } = await world()
      const body = { name: 'finance', organization, permissions: ['money:write'] }
      const token = await api.call('POST', '/api/tokens', { body })
      assert.equal(token.status, 201, token.text)
      await api.call('POST', `/api/top-ups/${id}/refunds`, { token: String(token.body.token), body: { amount: '1.00', reason: 'r' } })
      await refund({ amount: '1.00' })
      const audit = (await api.deps.store.read.audit.list({ limit: 100 }, { subject: id })).filter(
        ({ action }) => action === 'top_up.refund',
      )
      assert.deepEqual(
        audit.map(({ actor }) => actor),
        ['operator', token.body.id],
      )
    })

    it('are the same refund by the same idempotency key; another body is a mismatch', async () => {
      const { asked, says, refund, granted } = await world()
      says.now = { status: 'refunded', reference: 're_1' }
      const first = await refund({ amount: '4.00' }, 'one')
      const again = await refund({ amount: '4.00' }, 'one')
      assert.deepEqual([again.status, again.body.id, again.body.amount], [201, first.body.id, '4.00'])
      for (const other of [{ amount: '5.00' }, {}, { amount: '4.00', reason: 'another' }]) {
        const answer = await refund(other, 'one')
        assert.deepEqual([answer.status, answer.body.code], [422, 'idempotency_mismatch'], JSON.stringify(other))
      }
      const rest = await refund({}, 'rest')
      assert.deepEqual([rest.status, rest.body.amount], [201, '6.00'])
      assert.equal((await refund({}, 'rest')).body.id, rest.body.id)
      assert.equal((await refund({ amount: '6.00' }, 'rest')).status, 422)
      assert.deepEqual([new Set(asked).size, await granted()], [2, 0n])
    })

    for (const amount of [4n * UNIT, null])
      it(`are taken once by many processes with one key: ${amount === null ? 'all that is left' : 'a part'}`, async () => {
        const { organization, order, granted } = await world()
        const row = await order()
        const asked = { id: `tr_${organization}`, amount, reason: 'r', actor: 'operator' }
        const taken = await Promise.all(Array.from({ length: 10 }, () => takeForRefund(api.deps, row, row.paid?.grant ?? '', asked)))
        for (const one of taken) assert.ok(one.status === 'taken' && one.refund.id === asked.id, one.status)
        assert.equal(await granted(), 10n * UNIT - (amount ?? 10n * UNIT))
        const other = await takeForRefund(api.deps, row, row.paid?.grant ?? '', { ...asked, amount: 5n * UNIT })
        assert.equal(other.status, 'other')
      })

    it('of what is spent by then are taken once for one key, of what is left', async () => {
      const { organization, order, granted } = await world()
      const row = await order()
      const grant = row.paid?.grant ?? ''
      await api.deps.ledger.submit({ type: 'reverse', id: `rev_${organization}`, grant, amount: 3n * UNIT, reason: 'r' }, {})
      const asked = { id: `tr_rest_${organization}`, amount: null, reason: 'r', actor: 'operator' }
      const taken = await Promise.all(Array.from({ length: 10 }, () => takeForRefund(api.deps, row, grant, asked)))
      for (const one of taken) assert.ok(one.status === 'taken' && one.refund.amount === 7n * UNIT, one.status)
      assert.equal(await granted(), 0n)
    })
  })
}

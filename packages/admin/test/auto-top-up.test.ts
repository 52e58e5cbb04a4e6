import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { topUpNow } from '../src/payments/auto-top-up.ts'
import { recover } from '../src/payments/auto-top-up-end.ts'
import { keepMethod } from '../src/payments/methods.ts'
import { toppedUp, UNIT } from './support/auto-top-up.ts'
import { startHarness, type Harness } from './support/harness.ts'

const HOUR = 3_600_000

for (const kind of KINDS) {
  describe(`an automatic top-up on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    before(async () => {
      api = await startHarness(kind)
    })
    after(() => api.close())

    const world = (terms?: Record<string, string>) => toppedUp(api, terms)

    it('is ordered, paid and credited once, however many processes see it due at once', async () => {
      const { scripted, due, granted, orders } = await world()
      const row = await due()
      assert.ok(row)
      const ended = await Promise.all(Array.from({ length: 20 }, () => topUpNow(api.deps, scripted.rail, row)))
      assert.deepEqual(ended.toSorted(), [...Array.from({ length: 19 }, () => 'not_ours'), 'paid'])
      assert.deepEqual([scripted.begun.length, scripted.charges.length, (await orders()).length], [1, 1, 1])
      assert.equal(await granted(), 5n * UNIT)
      assert.equal(await due(), undefined, 'the balance is high enough')
    })

    it('whose payment was made and not answered is found paid the next time, and not paid again', async () => {
      const { scripted, round, granted, orders } = await world()
      scripted.losing = true
      await round()
      assert.equal(await granted(), 0n)
      await round()
      assert.equal(scripted.charges.length, 1, 'whoever tried is left alone for a while')
      api.clock.time += 21_000
      await round()
      assert.deepEqual([await granted(), scripted.charges.length, (await orders()).length], [5n * UNIT, 1, 1])
    })

    it('that is refused is tried after 1, 6, 24 and 72 hours, each time as another attempt of one order, and then left alone', async () => {
      const { scripted, round, row, orders } = await world()
      scripted.outcome = { status: 'declined', code: 'insufficient_funds' }
      for (const hours of [1, 6, 24, 72]) {
        await round()
        const { state, code, nextAt } = await row()
        assert.deepEqual([state, code, nextAt], ['declined', 'insufficient_funds', api.clock.now() + hours * HOUR])
        api.clock.time += hours * HOUR
      }
      await round()
      assert.equal((await row()).nextAt, null)
      assert.deepEqual([new Set(scripted.charges.map(({ attempt }) => attempt)).size, (await orders()).length], [5, 1])
    })

    it('that failed begins anew when the terms are set again, or the balance is high enough', async () => {
      const { scripted, round, row, set, grant, recovered, granted } = await world()
      scripted.outcome = { status: 'action_required', code: 'authentication_required' }
      await round()
      assert.deepEqual([(await row()).state, (await row()).nextAt], ['action_required', null])
      await set()
      await round()
      assert.equal(scripted.charges.length, 2)
      await grant('2.00')
      for (const one of await recovered()) await recover(api.deps, one)
      assert.deepEqual([(await row()).state, (await row()).failures], ['ready', 0])
      assert.equal(await granted(), 2n * UNIT)
    })

    it('that was refused is tried at once with another method, as soon as that can be charged', async () => {
      const { organization, scripted, round, row, granted } = await world()
      scripted.outcome = { status: 'declined', code: 'card_declined' }
      await round()
      const standing = await row()
      const shown = { kind: 'us_bank_account', label: 'BANK', lastFour: '6789', expires: null, saving: 's' }
      const told = {
        status: 'method',
        setup: `pm_2_${organization}`,
        organization,
        customer: 'customer',
        reference: `bank of ${organization}`,
      } as const
      assert.equal((await keepMethod(api.deps, scripted.rail, { ...told, ...shown, verified: false })).status, 'kept')
      assert.deepEqual(await row(), standing, 'there is nothing new to charge yet')
      scripted.outcome = { status: 'paid' }
      assert.equal((await keepMethod(api.deps, scripted.rail, { ...told, ...shown, verified: true })).status, 'kept')
      assert.equal((await keepMethod(api.deps, scripted.rail, { ...told, ...shown, verified: true })).status, 'again')
      await round()
      assert.deepEqual([scripted.charges.at(-1)?.method, await granted()], [told.reference, 5n * UNIT])
    })

    it('of another amount than the order that was refused ends that order first', async () => {
      const { scripted, round, set, orders, granted } = await world()
      scripted.outcome = { status: 'declined', code: 'card_declined' }
      await round()
      scripted.outcome = { status: 'paid' }
      await set({ amount: '7.00' })
      await round()
      await round()
      const all = await orders()
      const [first, second] = [all.find(({ paid }) => paid === null), all.find(({ paid }) => paid !== null)]
      assert.deepEqual(scripted.withdrawn, [`payment of ${first?.id}`])
      assert.deepEqual([all.length, first?.amount, first?.voidAt, second?.amount], [2, 5n * UNIT, api.clock.now(), 7n * UNIT])
      assert.equal(await granted(), 7n * UNIT)
    })

    it('keeps to the ceiling of the month, in the zone of the organization, and goes on in the next', async () => {
      const { organization, scripted, round, row } = await world({ below: '100.00', amount: '8.00' })
      await api.call('PATCH', `/api/organizations/${organization}`, { body: { zone: 'Asia/Tokyo' } })
      for (let time = 0; time < 4; time++) await round()
      assert.equal(scripted.charges.length, 2, 'a third would be 24.00 of 20.00')
      const { nextAt } = await row()
      assert.ok(nextAt !== null)
      const local = new Intl.DateTimeFormat('en', { timeZone: 'Asia/Tokyo', day: 'numeric', hour: 'numeric', hourCycle: 'h23' })
      assert.equal(local.format(nextAt), '1, 00')
      api.clock.time = nextAt
      await round()
      assert.equal(scripted.charges.length, 3)
    })

    it('whose amount the rail does not take has failed, and goes on with another one', async () => {
      const { scripted, round, row, set, granted } = await world()
      scripted.refusing = 'amount_too_small'
      await round()
      assert.deepEqual([(await row()).state, (await row()).code, scripted.charges.length], ['declined', 'amount_too_small', 0])
      scripted.refusing = undefined
      await set({ amount: '6.00' })
      await round()
      assert.equal(await granted(), 6n * UNIT)
    })

    it('without a method to charge has failed, and says so', async () => {
      const { organization, round, row, scripted } = await world()
      await api.call('DELETE', `/api/payment-methods/pm_${organization}`)
      await round()
      assert.deepEqual([(await row()).state, (await row()).code, scripted.charges.length], ['declined', 'no_payment_method', 0])
    })

    it('of an organization that is suspended, or pays on invoice, is not due', async () => {
      const { organization, due } = await world()
      await api.call('POST', `/api/organizations/${organization}/suspend`, { body: { reason: 'r' } })
      assert.equal(await due(), undefined)
      await api.call('POST', `/api/organizations/${organization}/resume`, { body: {} })
      assert.ok(await due())
      await api.call('PATCH', `/api/organizations/${organization}`, { body: { billing: { mode: 'arrears', creditLimit: '1.00' } } })
      assert.equal(await due(), undefined)
    })
  })
}

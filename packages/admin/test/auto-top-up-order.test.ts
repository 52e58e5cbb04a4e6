import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { topUpNow } from '../src/payments/auto-top-up.ts'
import { hasten } from '../src/payments/auto-top-up-end.ts'
import { stopped, toppedUp, UNIT } from './support/auto-top-up.ts'
import { startHarness, type Harness } from './support/harness.ts'

const HOUR = 3_600_000
const CLAIM = 21_000

for (const kind of KINDS) {
  describe(`the order of an automatic top-up on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    before(async () => {
      api = await startHarness(kind)
    })
    after(() => api.close())

    const world = (terms?: Record<string, string>) => toppedUp(api, terms)

    it('of another amount is not paid beside one that a slower process has begun', async () => {
      const acme = await world()
      const slow = await stopped(api, acme, 'begin')
      await acme.set({ amount: '7.00' })
      await acme.round()
      await acme.round()
      assert.equal(await acme.granted(), 7n * UNIT)
      assert.equal(await slow.goOn(), 'not_ours')
      api.clock.time += CLAIM
      await acme.round()
      assert.deepEqual([await acme.granted(), acme.scripted.paid.size, acme.scripted.charges.length], [7n * UNIT, 1, 1])
    })

    for (const outcome of ['pending', 'paid'] as const)
      it(`that is ${outcome} after its process was killed is credited, though the balance is high enough by then`, async () => {
        const acme = await world()
        const [process, [order]] = [await stopped(api, acme, 'charge'), await acme.orders()]
        assert.ok(order)
        await acme.grant('50.00')
        acme.scripted.becomes(`payment of ${order.id}`, { status: outcome })
        api.clock.time += CLAIM
        await acme.round()
        acme.scripted.becomes(`payment of ${order.id}`, { status: 'paid' })
        api.clock.time += HOUR
        await acme.round()
        assert.deepEqual([await acme.granted(), (await acme.row()).state], [55n * UNIT, 'ready'])
        await process.goOn()
        assert.deepEqual([await acme.granted(), acme.scripted.paid.size], [55n * UNIT, 1])
      })

    it('that was begun and not charged is given up once the balance is high enough, and not charged any more', async () => {
      const acme = await world()
      const slow = await stopped(api, acme, 'charge')
      await acme.grant('50.00')
      api.clock.time += CLAIM
      await acme.round()
      await slow.goOn()
      assert.deepEqual([await acme.granted(), acme.scripted.paid.size, (await acme.row()).order], [50n * UNIT, 0, null])
      assert.equal(await acme.due(), undefined)
    })

    it('that was charged is credited though the ceiling was lowered meanwhile; one that was not is given up', async () => {
      const acme = await world({ below: '100.00', monthlyCeiling: '10.00' })
      acme.scripted.losing = true
      await acme.round()
      await acme.set({ monthlyCeiling: '5.00' })
      await acme.round()
      assert.equal(await acme.granted(), 5n * UNIT)
      await acme.set({ monthlyCeiling: '10.00' })
      const slow = await stopped(api, acme, 'charge')
      await acme.set({ monthlyCeiling: '5.00' })
      await acme.round()
      assert.equal(await slow.goOn(), 'not_ours')
      await acme.round()
      const { order, nextAt } = await acme.row()
      assert.deepEqual([await acme.granted(), acme.scripted.paid.size, order], [5n * UNIT, 1, null])
      assert.ok(nextAt !== null && nextAt > api.clock.now() + HOUR, 'the next month')
    })

    it('that was credited meanwhile is followed by another one only after the balance was looked at again', async () => {
      const acme = await world()
      const [process, [order]] = [await stopped(api, acme, 'answer'), await acme.orders()]
      assert.ok(order)
      api.clock.time += CLAIM
      const due = await acme.due()
      assert.ok(due)
      await acme.told(order.id, order.amount)
      assert.equal(await topUpNow(api.deps, acme.scripted.rail, due), 'paid')
      await acme.round()
      assert.deepEqual([await acme.granted(), (await acme.orders()).length], [5n * UNIT, 1])
      await process.goOn()
    })

    it('that was under way and has failed is told so, and not tried again at once', async () => {
      const acme = await world()
      acme.scripted.outcome = { status: 'pending' }
      await acme.round()
      const [order] = await acme.orders()
      assert.ok(order)
      acme.scripted.becomes(`payment of ${order.id}`, { status: 'open', refusal: { status: 'declined', code: 'debit_not_authorized' } })
      assert.equal(await acme.due(), undefined, 'it is not looked at before its time')
      const { store } = api.deps
      // Somebody else changes the row between the reading and the writing of whoever is told.
      let raced = false
      const racing = async <T>(work: Parameters<typeof store.write<T>>[0]): Promise<T> => {
        if (!raced) await store.write(async (trx) => trx.updateAutoTopUp(await acme.row()))
        raced = true
        return store.write(work)
      }
      await hasten({ ...api.deps, store: { ...store, write: racing } }, acme.organization, order.id)
      await acme.round()
      const { state, code, nextAt } = await acme.row()
      assert.deepEqual([state, code, nextAt], ['declined', 'debit_not_authorized', api.clock.now() + HOUR])
      assert.equal(acme.scripted.charges.length, 1)
    })

    it('that was reported to have failed while another attempt is under way stays under way', async () => {
      const acme = await world()
      acme.scripted.outcome = { status: 'pending' }
      await acme.round()
      const [order] = await acme.orders()
      await hasten(api.deps, acme.organization, order?.id ?? '')
      await acme.round()
      assert.deepEqual([(await acme.row()).state, acme.scripted.charges.length], ['pending', 1])
    })

    it('that cannot be begun is given up: what is tried the next time is another one', async () => {
      const acme = await world()
      acme.scripted.refusing = 'resource_missing'
      await acme.round()
      assert.deepEqual([(await acme.row()).state, (await acme.row()).order], ['declined', null])
      acme.scripted.refusing = undefined
      api.clock.time += HOUR
      await acme.round()
      assert.deepEqual([new Set(acme.scripted.begun).size, await acme.granted()], [2, 5n * UNIT])
    })

    it('that is void is listed so, and the next one is paid', async () => {
      const acme = await world()
      acme.scripted.outcome = { status: 'void' }
      await acme.round()
      acme.scripted.outcome = { status: 'paid' }
      await acme.round()
      const { body } = await api.call('GET', `/api/organizations/${acme.organization}/top-ups`)
      assert.deepEqual(
        (body.data as { state: string }[]).map(({ state }) => state),
        ['paid', 'void'],
      )
    })
  })
}

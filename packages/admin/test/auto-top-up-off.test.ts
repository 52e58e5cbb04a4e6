import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { windUp } from '../src/payments/auto-top-up.ts'
import { stopped, toppedUp, UNIT } from './support/auto-top-up.ts'
import { startHarness, type Harness } from './support/harness.ts'

const HOUR = 3_600_000
const CLAIM = 21_000

for (const kind of KINDS) {
  describe(`an automatic top-up that is switched off on ${kind}: its order`, { skip: skipOf(kind) }, () => {
    let api: Harness
    before(async () => {
      api = await startHarness(kind)
    })
    after(() => api.close())

    const world = (terms?: Record<string, string>) => toppedUp(api, terms)
    const off = async ({ path }: { path: string }): Promise<void> => assert.equal((await api.call('DELETE', path)).status, 204)

    it('that is under way is known after the top-up was switched off and set again: nothing is ordered beside it', async () => {
      const acme = await world({ amount: '5.00', monthlyCeiling: '5.00' })
      acme.scripted.outcome = { status: 'pending' }
      await acme.round()
      const [order] = await acme.orders()
      assert.ok(order)
      await off(acme)
      assert.equal((await api.call('GET', acme.path)).status, 404)
      await acme.set()
      acme.scripted.outcome = { status: 'paid' }
      for (let time = 0; time < 3; time++) {
        api.clock.time += HOUR
        await acme.round()
      }
      assert.deepEqual([(await acme.orders()).length, acme.scripted.charges.length], [1, 1])
      await acme.told(order.id, order.amount)
      api.clock.time += HOUR
      await acme.round()
      assert.deepEqual([await acme.granted(), acme.scripted.paid.size, (await acme.row()).state], [5n * UNIT, 1, 'ready'])
    })

    it('that is under way when the top-up is switched off is credited once it is paid, though nobody tells', async () => {
      const acme = await world()
      acme.scripted.outcome = { status: 'pending' }
      await acme.round()
      const [order] = await acme.orders()
      await off(acme)
      acme.scripted.becomes(`payment of ${order?.id}`, { status: 'paid' })
      api.clock.time += HOUR
      await acme.round()
      await acme.round()
      assert.deepEqual([await acme.granted(), acme.scripted.charges.length, (await acme.row()).order], [5n * UNIT, 1, null])
    })

    for (const at of ['begin', 'charge'] as const)
      it(`is not charged any more once switching off was answered: by a process that was stopped before its ${at}`, async () => {
        const acme = await world()
        const process = await stopped(api, acme, at)
        await off(acme)
        assert.ok(['not_ours', 'void'].includes(await process.goOn()))
        for (let time = 0; time < 2; time++) {
          api.clock.time += CLAIM
          await acme.round()
        }
        assert.deepEqual([acme.scripted.paid.size, await acme.granted()], [0, 0n])
        assert.ok((await acme.orders()).every(({ voidAt }) => voidAt !== null))
        await acme.set()
        await acme.round()
        assert.deepEqual([acme.scripted.paid.size, await acme.granted()], [1, 5n * UNIT])
      })

    it('is credited where it was charged before the top-up was switched off, whoever is answered first', async () => {
      const acme = await world()
      const process = await stopped(api, acme, 'answer')
      await off(acme)
      assert.equal(await acme.granted(), 5n * UNIT)
      await process.goOn()
      assert.deepEqual([await acme.granted(), (await acme.row()).order], [5n * UNIT, null])
    })

    it('is switched off also while the rail does not answer: that is said, and can be asked again', async () => {
      const acme = await world()
      acme.scripted.outcome = { status: 'declined', code: 'card_declined' }
      await acme.round()
      const { rail } = acme.scripted
      const unavailable = Object.assign(new Error('no answer'), { name: 'RailUnavailable' })
      api.deps.rail = { ...rail, standing: async () => Promise.reject(unavailable) }
      const answer = await api.call('DELETE', acme.path)
      assert.deepEqual([answer.status, answer.body.code], [503, 'payment_rail_unavailable'])
      api.deps.rail = rail
      assert.equal((await api.call('GET', acme.path)).status, 404)
      await off(acme)
      assert.equal(acme.scripted.withdrawn.length, 1)
      assert.equal((await api.call('DELETE', acme.path)).status, 404)
    })

    it('is withdrawn though its payment is named just while it is ended', async () => {
      const acme = await world()
      const process = await stopped(api, acme, 'begin')
      const [order] = await acme.orders()
      assert.ok(order)
      const { store } = api.deps
      await store.write(async (trx) => trx.updateAutoTopUp({ ...(await acme.row()), enabled: false }))
      let writes = 0
      const naming: typeof store.write = async (effect) => {
        const done = await store.write(effect)
        if (++writes === 1) await store.write((trx) => trx.nameTopUpPayment(order.id, `payment of ${order.id}`))
        return done
      }
      await windUp({ ...api.deps, store: { ...store, write: naming } }, acme.scripted.rail, acme.organization)
      assert.deepEqual([acme.scripted.withdrawn.length, (await acme.row()).order], [1, null])
      await process.goOn()
      assert.deepEqual([acme.scripted.paid.size, await acme.granted()], [0, 0n])
    })
  })
}

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { preferMethod, removeMethod } from '../src/payments/methods.ts'
import { card, toppedUp, UNIT } from './support/auto-top-up.ts'
import { startHarness, type Harness } from './support/harness.ts'

for (const kind of KINDS) {
  describe(`saved payment methods on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    before(async () => {
      api = await startHarness(kind)
    })
    after(() => api.close())

    /** An organization whose automatic top-up is charged to one card, and that has another one. */
    async function world({ verified = true } = {}) {
      const acme = await toppedUp(api)
      const { organization } = acme
      const other = await card(api, organization, 'other', { verified })
      const { paymentMethods } = api.deps.store.read
      return {
        ...acme,
        charged: `pm_${organization}`,
        other,
        method: async (id: string) => (await paymentMethods.get(id)) ?? assert.fail('it is gone'),
        preferred: async () => (await paymentMethods.ofOrganization(organization)).filter((one) => one.preferred).map(({ id }) => id),
      }
    }

    it('that take the place of one that was refused and is removed are tried at once', async () => {
      const { scripted, round, row, charged, other, preferred, granted } = await world()
      scripted.outcome = { status: 'declined', code: 'card_declined' }
      await round()
      assert.equal((await row()).state, 'declined')
      scripted.outcome = { status: 'paid' }
      assert.equal((await api.call('DELETE', `/api/payment-methods/${charged}`)).status, 204)
      assert.deepEqual([await preferred(), (await row()).state], [[other], 'ready'])
      await round()
      assert.deepEqual([scripted.charges.at(-1)?.method.startsWith('card other'), await granted()], [true, 5n * UNIT])
    })

    it('that were chosen meanwhile leave another one to be charged when they are removed', async () => {
      const { scripted, charged, other, method, preferred } = await world()
      const read = await method(other)
      await preferMethod(api.deps, read, 'operator')
      await removeMethod(api.deps, scripted.rail, read, 'operator')
      assert.deepEqual(await preferred(), [charged])
    })

    it('are not chosen before they are verified', async () => {
      const { charged, other, preferred } = await world({ verified: false })
      const answer = await api.call('PATCH', `/api/payment-methods/${other}`, { body: { default: true } })
      assert.deepEqual([answer.status, answer.body.code], [409, 'conflict'])
      assert.deepEqual(await preferred(), [charged])
    })

    it('that were removed meanwhile are not chosen, and what is charged stays', async () => {
      const { scripted, charged, other, method, preferred } = await world()
      const read = await method(other)
      await removeMethod(api.deps, scripted.rail, read, 'operator')
      assert.equal(await preferMethod(api.deps, read, 'operator'), 'gone')
      assert.deepEqual(await preferred(), [charged])
    })

    it('of a customer that the rail does not know any more are dropped, and others are saved for another customer', async () => {
      const { organization, scripted, charged } = await world()
      const asked: (string | undefined)[] = []
      const rail = scripted.rail
      api.deps.rail = {
        ...rail,
        setup: async ({ id, customer }) =>
          customer === 'customer' ? { status: 'unknown_customer' } : { status: 'open', url: `https://pay.example/${id}/${customer}` },
        customer: async ({ replaces }) => {
          asked.push(replaces)
          return 'another customer'
        },
      }
      const path = `/api/organizations/${organization}/payment-methods`
      const opened = await api.call('POST', path, { body: {} })
      assert.deepEqual([opened.status, String(opened.body.url).endsWith('/another customer'), asked], [201, true, ['customer']])
      assert.equal(await api.deps.store.read.paymentMethods.get(charged), undefined)
      assert.equal((await api.call('POST', path, { body: {} })).status, 201)
      assert.equal(asked.length, 1, 'it is kept')
    })
  })
}

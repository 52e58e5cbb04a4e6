import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { startHarness, type Harness } from './support/harness.ts'
import { offerPrice } from './support/offers.ts'
import { mintToken } from './support/world.ts'

const SHOWN = {
  id: 'pc_1',
  name: 'openai/gpt-5-nano',
  deployments: ['file-provider/gpt-5-nano'],
  state: 'pending',
  inForce: { version: 'catalogue:2026-09-23', price: { input: '0.05', output: '0.40' } },
  offered: { version: 'catalogue:2026-11-20', price: { input: '0.10', output: '0.40' } },
  changes: [{ bucket: 'input', fromTokens: 0, before: '0.05', after: '0.10', change: '1.00' }],
  change: '1.00',
  effectiveAt: '2026-11-22T13:00:00.000Z',
  since: '2026-11-22T13:00:00.000Z',
}

for (const kind of KINDS) {
  describe(`prices that wait for approval, on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    beforeEach(async () => {
      api = await startHarness(kind)
      await offerPrice(api, { id: 'pc_1' })
    })
    afterEach(() => api.close())

    const pending = async () => (await api.call('GET', '/api/prices/pending')).body
    const decide = (verb: string, body: unknown = { reason: 'agreed' }, options: object = {}) =>
      api.call('POST', `/api/prices/pending/pc_1/${verb}`, { body, ...options })
    const inForce = async () => (await api.store.read.selectFrom('catalogue_prices').selectAll().execute())[0]

    it('are listed with what is in force, what is offered, and by how much they differ', async () => {
      assert.deepEqual(await pending(), { data: [SHOWN], next: null })
    })

    it('an approved one is in force when it answers, once, and moves the version', async () => {
      const { version } = api.deps.snapshot()
      const answer = await decide('approve')
      assert.equal(answer.status, 200, answer.text)
      assert.deepEqual(answer.body, { ...SHOWN, state: 'approved' })
      assert.ok(api.deps.snapshot().version > version)
      const row = await inForce()
      assert.deepEqual([row?.release_day, row?.schedule.includes('100000000')], ['2026-11-20', true])
      assert.deepEqual(await pending(), { data: [], next: null })
      for (const verb of ['approve', 'reject']) {
        const again = await decide(verb)
        assert.deepEqual([again.status, again.body.code], [409, 'conflict'])
        assert.match(String(again.body.detail), /is approved/)
      }
    })

    it('a rejected one leaves the price in force, and is decided', async () => {
      const answer = await decide('reject')
      assert.deepEqual([answer.status, answer.body.state], [200, 'rejected'])
      assert.equal((await inForce())?.release_day, '2026-09-23')
      assert.equal((await decide('approve')).status, 409)
      const row = await api.store.read.selectFrom('price_offers').selectAll().executeTakeFirstOrThrow()
      assert.deepEqual([row.state, row.decided_by, row.reason], ['rejected', 'operator', 'agreed'])
    })

    it('of two who decide at the same time, one does', async () => {
      const answers = await Promise.all([decide('approve'), decide('reject'), decide('approve')])
      assert.deepEqual(
        answers.map(({ status }) => status).toSorted((a, b) => a - b),
        [200, 409, 409],
      )
    })

    it('an approval makes what was rejected of the old price an open question again', async () => {
      await decide('reject')
      await api.deps.store.write((trx) =>
        trx.insertPriceOffer({
          id: 'pc_2',
          priceKey: 'openai',
          model: 'gpt-5-nano',
          release: '2026-12-01',
          schedule: '[{"version":"catalogue:2026-12-01"}]',
          share: null,
          effectiveAt: api.clock.now(),
          state: 'pending',
          createdAt: api.clock.now(),
        }),
      )
      assert.equal((await api.call('POST', '/api/prices/pending/pc_2/approve', { body: { reason: 'r' } })).status, 200)
      assert.equal((await api.deps.store.read.priceOffers.get('pc_1'))?.state, 'withdrawn')
    })

    it('the audit says who decided, why, and what was and is in force', async () => {
      const token = await mintToken(api, ['prices:read', 'prices:write'])
      await decide('approve', { reason: 'their list price' }, { token })
      const { data } = (await api.call('GET', '/api/audit?subject=openai%2Fgpt-5-nano')).body as { data: Record<string, unknown>[] }
      const [event] = data
      assert.deepEqual([event?.['action'], event?.['before']], ['price.approve', SHOWN.inForce])
      assert.deepEqual(event?.['after'], { ...SHOWN.offered, offer: 'pc_1', reason: 'their list price' })
      assert.match(String(event?.['actor']), /^mt_/)
      assert.equal((await api.call('GET', '/api/audit/verify')).body.ok, true)
    })

    it('a decision needs a reason and prices:write, and is repeated under the same key', async () => {
      assert.deepEqual([(await decide('approve', {})).status, (await decide('approve', { reason: ' ' })).body.pointer], [400, '/reason'])
      const reader = await mintToken(api, ['prices:read'])
      assert.equal((await decide('approve', { reason: 'r' }, { token: reader })).status, 403)
      assert.equal((await api.call('GET', '/api/prices/pending', { token: reader })).status, 200)
      const first = await decide('reject', { reason: 'r' }, { idempotencyKey: 'k' })
      const again = await decide('reject', { reason: 'r' }, { idempotencyKey: 'k' })
      assert.deepEqual([again.status, again.body, again.headers['idempotent-replayed']], [200, first.body, 'true'])
    })
  })
}

describe("the operator's own prices", () => {
  let api: Harness
  before(async () => {
    api = await startHarness()
    await offerPrice(api, { id: 'pc_1' })
  })
  after(() => api.close())

  it('are not touched by an approval', async () => {
    const mine = { provider: 'file-provider', model: 'gpt-5-nano', price: { input: '9' } }
    assert.equal((await api.call('POST', '/api/prices', { body: mine })).status, 201)
    await api.call('POST', '/api/prices/pending/pc_1/approve', { body: { reason: 'r' } })
    assert.deepEqual((await api.call('GET', '/api/prices/file-provider%2Fgpt-5-nano')).body.price, { input: '9' })
    assert.deepEqual((await api.call('GET', '/api/prices/priced-model')).body.price, { input: '1', output: '2' })
  })
})

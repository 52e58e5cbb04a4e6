import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { startHarness, type Harness } from './support/harness.ts'
import { createTenant, mintToken, type Tenant } from './support/world.ts'

interface Delivery {
  event: string
  type: string
  state: string
  attempts: number
  nextAt: string | null
}

for (const kind of KINDS) {
  describe(`webhooks on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    let acme: Tenant
    let other: Tenant
    before(async () => {
      api = await startHarness(kind)
      acme = await createTenant(api, 'acme')
      other = await createTenant(api, 'other')
    })
    after(() => api.close())

    const hook = { url: 'https://receiver.example/hook', events: ['cap.80'] }
    const make = (body: unknown, more = {}) => api.call('POST', '/api/webhooks', { body, ...more })
    const deliveries = async (id: string, query = '') =>
      (await api.call('GET', `/api/webhooks/${id}/deliveries${query}`)).body['data'] as Delivery[]

    it('shows its secret once, and keeps it sealed', async () => {
      const made = await make(hook, { idempotencyKey: 'once' })
      assert.equal(made.status, 201, made.text)
      const secret = String(made.body['secret'])
      assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
      const again = await make(hook, { idempotencyKey: 'once' })
      assert.deepEqual([again.body['id'], 'secret' in again.body], [made.body['id'], false])
      const id = String(made.body['id'])
      const row = await api.store.read.selectFrom('webhooks').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
      assert.equal(api.deps.unseal(row.secret_sealed, `webhook:${id}`), secret)
      const seen = [await api.call('GET', `/api/webhooks/${id}`), await api.call('GET', '/api/audit?limit=500')].map(({ text }) => text)
      assert.ok(!seen.join().includes(secret) && !seen.join().includes(row.secret_sealed))
    })

    it("of the operator alone may lead into the operator's own network", async () => {
      const inside = { ...hook, url: 'http://10.0.0.1/hook' }
      assert.equal((await make(inside)).status, 201)
      const token = await mintToken(api, ['webhooks:write', 'webhooks:read'], acme.organization)
      const refused = await api.call('POST', `/api/organizations/${acme.organization}/webhooks`, { token, body: inside })
      assert.deepEqual([refused.status, refused.body['pointer']], [400, '/url'])
      const moved = await api.call('PATCH', `/api/webhooks/${acme.webhook}`, { token, body: { url: inside.url } })
      assert.deepEqual([moved.status, moved.body['pointer']], [400, '/url'])
      for (const url of ['ftp://receiver.example', 'nothing', '']) assert.equal((await make({ ...hook, url })).status, 400, url)
    })

    it('loses its trust with a URL that somebody else sets', async () => {
      const token = await mintToken(api, ['webhooks:write'], acme.organization)
      const trusted = async () =>
        (await api.store.read.selectFrom('webhooks').select('trusted').where('id', '=', acme.webhook).executeTakeFirstOrThrow()).trusted
      assert.equal(await trusted(), 1n)
      await api.call('PATCH', `/api/webhooks/${acme.webhook}`, { token, body: { events: ['cap.100'] } })
      assert.equal(await trusted(), 1n)
      await api.call('PATCH', `/api/webhooks/${acme.webhook}`, { token, body: { url: 'https://elsewhere.example/' } })
      assert.equal(await trusted(), 0n)
    })

    it('has a threshold if and only if it is told of low balances', async () => {
      const without = await make({ ...hook, events: ['balance.low'] })
      assert.deepEqual([without.status, without.body['pointer']], [400, '/balanceBelow'])
      const unused = await make({ ...hook, balanceBelow: '1.00' })
      assert.deepEqual([unused.status, unused.body['pointer']], [400, '/balanceBelow'])
      const both = await make({ ...hook, events: ['balance.low'], balanceBelow: '1.00' })
      assert.deepEqual([both.status, both.body['balanceBelow']], [201, '1.00'])
      assert.equal((await make({ ...hook, events: ['nothing'] })).status, 400)
    })

    it('is sent a test event, which can be replayed under the same id', async () => {
      const path = `/api/webhooks/${other.webhook}`
      const { event } = (await api.call('POST', `${path}/test`, { body: {} })).body as { event: string }
      const [sent] = await deliveries(other.webhook)
      assert.deepEqual([sent?.event, sent?.type, sent?.state, sent?.attempts], [event, 'webhook.test', 'pending', 0])
      await api.store.write((trx) => trx.updateTable('webhook_deliveries').set({ state: 'failed', attempts: 10 }).execute())
      assert.deepEqual(
        [(await deliveries(other.webhook, '?state=failed')).length, (await deliveries(other.webhook, '?state=pending')).length],
        [1, 0],
      )
      const replay = (body: unknown) => api.call('POST', `${path}/replay`, { body })
      assert.deepEqual((await replay({ event })).body, { replayed: 1 })
      const [again] = await deliveries(other.webhook)
      assert.deepEqual([again?.event, again?.state, again?.attempts], [event, 'pending', 0])
      assert.deepEqual((await replay({ since: new Date(api.clock.now()).toISOString() })).body, { replayed: 1 })
      assert.deepEqual((await replay({ since: new Date(api.clock.now() + 1).toISOString() })).body, { replayed: 0 })
      assert.equal((await replay({ event: 'evt_none' })).status, 404)
      for (const body of [{}, { event, since: '2020-01-01T00:00:00Z' }]) assert.equal((await replay(body)).status, 400)
    })

    it('is told what is caused in a transaction, if it is enabled, of the organization, and told of such events', async () => {
      const made = async (path: string, events: string[]) =>
        String((await api.call('POST', path, { body: { ...hook, events } })).body['id'])
      const own = `/api/organizations/${acme.organization}/webhooks`
      const told = [await made(own, ['cap.80']), await made('/api/webhooks', ['cap.80', 'cap.100'])]
      const off = await made(own, ['cap.80'])
      await api.call('PATCH', `/api/webhooks/${off}`, { body: { enabled: false } })
      const silent = [off, await made(own, ['cap.100']), await made(`/api/organizations/${other.organization}/webhooks`, ['cap.80'])]
      const event = { id: 'evt_cause', type: 'cap.80', organization: acme.organization, at: api.clock.now(), data: { used: '0.80' } }
      await assert.rejects(
        api.deps.store.write(async (trx) => {
          await trx.insertEvent(event)
          throw new Error('the cause is undone')
        }),
      )
      assert.equal((await deliveries(told[0] ?? '')).length, 0)
      await api.deps.store.write((trx) => trx.insertEvent(event))
      for (const id of told)
        assert.deepEqual(
          (await deliveries(id)).map((one) => one.event),
          ['evt_cause'],
        )
      for (const id of silent) assert.deepEqual(await deliveries(id), [])
      const rows = await api.store.read.selectFrom('webhook_deliveries').select('body').where('event_id', '=', 'evt_cause').execute()
      const timestamp = new Date(event.at).toISOString()
      const data = { organization: acme.organization, used: '0.80' }
      assert.deepEqual(JSON.parse(rows[0]?.body ?? ''), { type: 'cap.80', timestamp, data })
    })

    it('goes with its deliveries', async () => {
      assert.equal((await api.call('DELETE', `/api/webhooks/${other.webhook}`)).status, 204)
      assert.equal((await api.call('GET', `/api/webhooks/${other.webhook}`)).status, 404)
      const left = api.store.read.selectFrom('webhook_deliveries').select('event_id').where('webhook_id', '=', other.webhook)
      assert.deepEqual(await left.execute(), [])
    })
  })
}

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { startHarness, type Harness } from './support/harness.ts'
import { created, recordOf } from './support/world.ts'

const DAY = 24 * 3_600_000
const PLAN = { price: '0', period: 'free' }

for (const kind of KINDS) {
  describe(`that something goes is told on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    let organizations = 0
    before(async () => {
      api = await startHarness(kind)
      await created(api, '/api/providers', { name: 'fake', kind: 'openai', keys: [{ key: 'sk-x' }] })
      const definition = { upstream: { baseUrl: 'https://inner.example' }, routes: [{ method: 'GET', path: '/', price: '0.01' }] }
      await created(api, '/api/apis', { name: 'tides', prefix: '/tides', ...definition })
      await created(api, '/api/apis', { name: 'tides-2', prefix: '/tides-2', ...definition })
      await created(api, '/api/models', {
        name: 'old',
        deployments: [{ provider: 'fake', model: 'm' }],
        price: { input: '1', output: '1' },
      })
      await created(api, '/api/plans', { name: 'sea', ...PLAN, apis: ['tides*'], models: ['none'] })
      await created(api, '/api/plans', { name: 'sea-asked', ...PLAN, apis: ['tides*'], models: ['none'], approval: true })
    })
    after(() => api?.close())

    /** An organization with a webhook; what it was told of. */
    async function listener() {
      const organization = await created(api, '/api/organizations', { name: `org ${++organizations}` })
      const hook = { url: 'https://receiver.example/hook', events: ['retirement.changed'] }
      const webhook = await created(api, `/api/organizations/${organization}/webhooks`, hook)
      const told = async () => {
        const rows = await api.store.read.selectFrom('webhook_deliveries').select('body').where('webhook_id', '=', webhook).execute()
        return rows
          .map(({ body }) => (JSON.parse(body) as { data: Record<string, unknown> }).data)
          .map(({ organization: of, ...data }) => {
            assert.equal(of, organization)
            return data
          })
      }
      const called = (members: object, daysAgo = 1) =>
        api.store.records.request(
          recordOf({
            id: `req_${organization}_${daysAgo}_${Math.trunc(api.clock.now())}_${++organizations}`,
            organization,
            at: api.clock.now() - daysAgo * DAY,
            ...members,
          }),
        )
      return { organization, told, called }
    }

    const call = async (method: string, path: string, body?: unknown) => {
      const answer = await api.call(method, path, body === undefined ? {} : { body })
      assert.equal(answer.status, 200, answer.text)
    }

    it('to whoever calls an API or has subscribed to it, with how often it was called, and to nobody else', async () => {
      const [caller, subscriber, waiting, mocking, late, other] = await Promise.all([1, 2, 3, 4, 5, 6].map(listener))
      assert.ok(caller && subscriber && waiting && mocking && late && other)
      for (let time = 0; time < 3; time++) caller.called({ api: 'tides', route: 'GET /', model: null })
      mocking.called({ api: 'tides', route: 'mock', model: null })
      late.called({ api: 'tides', route: 'GET /', model: null }, 31)
      other.called({ api: 'tides-2', route: 'GET /', model: null })
      await created(api, `/api/organizations/${subscriber.organization}/subscriptions`, { plan: 'sea' })
      await created(api, `/api/organizations/${waiting.organization}/subscriptions`, { plan: 'sea-asked', reason: 'r' })
      await call('POST', '/api/apis/tides/deprecate', { sunset: new Date(api.clock.now() + 30 * DAY).toISOString(), successor: 'tides-2' })
      const said = {
        api: 'tides',
        state: 'deprecated',
        sunset: new Date(api.clock.now() + 30 * DAY).toISOString(),
        successor: 'tides-2',
        link: null,
      }
      assert.deepEqual(await caller.told(), [{ ...said, calls: 3 }])
      assert.deepEqual(await subscriber.told(), [{ ...said, calls: 0 }])
      for (const nobody of [waiting, mocking, late, other]) assert.deepEqual(await nobody.told(), [])
      await call('POST', '/api/apis/tides/reinstate', {})
      assert.deepEqual(
        (await caller.told()).map(({ state }) => String(state)).toSorted((a, b) => a.localeCompare(b)),
        ['deprecated', 'served'],
      )
    })

    it('once: the same said again tells nothing', async () => {
      const caller = await listener()
      caller.called({ api: 'tides', route: 'GET /', model: null })
      for (let time = 0; time < 2; time++) await call('POST', '/api/apis/tides/retire', {})
      assert.deepEqual(
        (await caller.told()).map(({ state }) => state),
        ['retired'],
      )
      await call('POST', '/api/apis/tides/reinstate', {})
    })

    it('of models as of APIs, and of nothing where another member is changed', async () => {
      const caller = await listener()
      caller.called({ model: 'old' })
      await call('PATCH', '/api/models/old', { unsupported: 'drop' })
      assert.deepEqual(await caller.told(), [])
      await call('PATCH', '/api/models/old', { retirement: { state: 'retired' } })
      assert.deepEqual(await caller.told(), [{ model: 'old', state: 'retired', sunset: null, successor: null, link: null, calls: 1 }])
    })
  })
}

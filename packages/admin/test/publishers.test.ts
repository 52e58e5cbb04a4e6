import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { ROUTES, ROUTE_NAMES, type RouteSpec } from '@faregate/contract'
import { WEATHER } from '../../lifecycle/test/openapi/documents.ts'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { BEGINNING, BODIES } from './support/every-route.ts'
import { startHarness, type Harness } from './support/harness.ts'
import { created, recordOf, tokenOf } from './support/world.ts'

const ROUTES_OF_WEATHER = [{ method: 'GET', path: '/{city}', price: '0.01' }]
const SERVICE = { upstream: { baseUrl: 'https://weather.example' }, routes: ROUTES_OF_WEATHER }
const PLAN = { price: '5.00', period: 'month', apis: ['weather'], exclusive: true, approval: true }

interface Person {
  organization: string
  token: string
}

for (const kind of KINDS) {
  describe(`what an organization publishes, on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    let owner: Person
    let rival: Person
    /** Whoever subscribes, with everything that a role of an organization can hold. */
    let consumer: Person
    before(async () => {
      api = await startHarness(kind)
      owner = await personOf('owner', 'publisher')
      rival = await personOf('rival', 'publisher')
      consumer = await personOf('consumer', 'org_admin')
      await api.call('POST', '/api/models', { body: { name: 'dear', deployments: [{ provider: 'file-provider', model: 'm' }] } })
      await created(api, '/api/apis', { name: 'operators', prefix: '/operators', ...SERVICE })
      await created(api, '/api/plans', { name: 'operators-plan', price: '0', period: 'free', models: ['dear'], approval: true })
    })
    after(() => api?.close())

    async function personOf(name: string, role: string): Promise<Person> {
      const organization = await created(api, '/api/organizations', { name })
      const member = await created(api, `/api/organizations/${organization}/members`, { name, email: `${name}@example.com`, role })
      return { organization, token: await tokenOf(api, member) }
    }

    async function as({ token }: Person, status: number, method: string, path: string, body?: unknown) {
      const answer = await api.call(method, path, { token, ...(body === undefined ? {} : { body }) })
      assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`)
      return answer.body
    }

    const namesOf = ({ data }: Record<string, unknown>) => (data as { name: string }[]).map(({ name }) => name)
    const subscribed = async (plan: string, reason = 'to try it'): Promise<string> => {
      const path = `/api/organizations/${consumer.organization}/subscriptions`
      return String((await as(consumer, 201, 'POST', path, { plan, reason }))['id'])
    }

    it('is designed, published, changed, tested, deprecated and retired by its publisher', async () => {
      const made = await as(owner, 201, 'POST', '/api/apis', { name: 'weather', ...SERVICE })
      assert.equal(made['organization'], owner.organization)
      await as(owner, 200, 'PATCH', '/api/apis/weather', { timeouts: { firstByteMs: 50 } })
      await as(owner, 200, 'POST', '/api/apis/weather/import', { document: WEATHER, free: true })
      await as(owner, 200, 'PATCH', '/api/apis/weather/draft', { retries: 1 })
      await as(owner, 201, 'POST', '/api/apis/weather/releases', { revision: 2, override: ['unsold'] })
      await as(owner, 200, 'POST', '/api/apis/weather/rollback', { release: 1 })
      await as(owner, 200, 'POST', '/api/apis/weather/test', {})
      await as(owner, 200, 'PATCH', '/api/apis/weather/listing', { visibility: 'invitation', invited: ['org_whoever'] })
      await as(owner, 200, 'PUT', '/api/apis/weather/alerts', { alerts: [{ kind: 'errors', above: '0.05' }] })
      await as(owner, 200, 'POST', '/api/apis/weather/deprecate', {})
      await as(owner, 200, 'POST', '/api/apis/weather/retire', {})
      await as(owner, 200, 'POST', '/api/apis/weather/reinstate', {})
      assert.deepEqual(namesOf(await as(owner, 200, 'GET', '/api/apis')), ['weather'])
      assert.equal(api.deps.snapshot().apis.get('weather')?.organization, owner.organization)
      const { body } = await api.call('GET', `/api/audit?organization=${owner.organization}`)
      assert.ok(
        (body['data'] as { action: string }[]).some(({ action }) => action === 'api.publish'),
        'its audit tells of it',
      )
    })

    it('is found on no route by the publisher of another organization, before a release and after its end as well', async () => {
      await as(owner, 200, 'PATCH', '/api/apis/sketch/draft', SERVICE)
      await as(owner, 201, 'POST', '/api/apis', { name: 'gone', ...SERVICE })
      await as(owner, 204, 'DELETE', '/api/apis/gone')
      const names = ['weather', 'sketch', 'gone', 'operators', 'file-api']
      for (const name of ROUTE_NAMES) {
        const { method, path }: RouteSpec = ROUTES[name]
        if (!path.startsWith('/api/apis/{name}')) continue
        for (const one of names) {
          const call = (of: string) =>
            api.call(method, path.replace('{name}', of).replace('{number}', '1'), { token: rival.token, body: BODIES[name] })
          const answer = await call(one)
          if (BEGINNING.has(name)) {
            assert.equal(answer.status, 409, `${name} of ${one}: ${answer.text}`)
            continue
          }
          const nothing = await call('nothing-at-all')
          assert.equal(answer.status, 404, `${name} of ${one}: ${answer.text}`)
          assert.equal(String(answer.body['detail']).replace(one, '…'), String(nothing.body['detail']).replace('nothing-at-all', '…'), name)
        }
      }
      assert.deepEqual(namesOf(await as(rival, 200, 'GET', '/api/apis')), [])
      assert.deepEqual(namesOf(await as(rival, 200, 'GET', '/api/api-drafts')), [])
    })

    it('keeps its name and its prefix: who takes either is told that it is taken, and by whom not', async () => {
      for (const name of ['weather', 'sketch', 'gone', 'operators']) {
        const { detail } = await as(rival, 409, 'POST', '/api/apis', { name, prefix: `/rivals-${name}`, ...SERVICE })
        assert.equal(detail, `There is a API "${name}" already.`)
      }
      for (const prefix of ['/weather', '/weather/forecast', '/operators/within']) {
        const { detail } = await as(rival, 409, 'POST', '/api/apis', { name: 'mine', prefix, ...SERVICE })
        assert.equal(detail, `The prefix "${prefix}" is taken.`)
      }
      await as(rival, 404, 'POST', '/api/apis', { name: 'mine', organization: owner.organization, ...SERVICE })
      await as(rival, 400, 'POST', '/api/apis', { name: 'mine', upstream: { baseUrl: 'https://10.0.0.1' }, routes: ROUTES_OF_WEATHER })
      await as(rival, 201, 'POST', '/api/apis', { name: 'mine', ...SERVICE })
      const { detail } = await as(rival, 400, 'POST', '/api/apis/mine/deprecate', { successor: 'weather' })
      assert.equal(detail, '/successor: "weather" is no other API that is served')
    })

    it('can be published by the operator for it, and is its own then', async () => {
      const { organization } = owner
      assert.equal(
        (await api.call('POST', '/api/apis', { body: { name: 'given', organization, ...SERVICE } })).body['organization'],
        organization,
      )
      await as(owner, 200, 'PATCH', '/api/apis/given', { retries: 1 })
      await as(rival, 404, 'GET', '/api/apis/given')
      const unknown = await api.call('POST', '/api/apis', { body: { name: 'lost', prefix: '/lost', organization: 'org_0', ...SERVICE } })
      assert.equal(unknown.status, 404, unknown.text)
    })

    it('is sold by plans of its own, which have its own services alone and put no credit on a balance', async () => {
      await as(owner, 201, 'POST', '/api/apis', { name: 'told', prompt: { model: 'file-model', user: 'hello' } })
      const refused: [change: Record<string, unknown>, pointer: string][] = [
        [{ models: ['dear'] }, '/models'],
        [{ apis: ['weather', '*'] }, '/apis/1'],
        [{ apis: ['operators'] }, '/apis/0'],
        [{ apis: ['mine'] }, '/apis/0'],
        [{ apis: ['told'] }, '/apis/0'],
        [{ credit: '1.00' }, '/credit'],
        [{ prices: [{ models: '*', factor: '0' }] }, '/prices'],
        [{ quotas: [{ counts: 'requests', models: '*', limit: 5 }] }, '/quotas/0/models'],
        [{ quotas: [{ counts: 'requests', apis: 'w*', limit: 5 }] }, '/quotas/0/apis'],
      ]
      for (const [change, pointer] of refused) {
        const body = await as(owner, 400, 'POST', '/api/plans', { name: 'gold', ...PLAN, ...change })
        assert.equal(body['pointer'], pointer, JSON.stringify(body))
      }
      const quotas = [{ counts: 'requests', apis: 'weather', limit: 5, overage: '2' }]
      const plan = await as(owner, 201, 'POST', '/api/plans', { name: 'gold', ...PLAN, quotas, priceFactor: '0' })
      assert.deepEqual([plan['organization'], plan['version']], [owner.organization, 1])
      assert.equal((await as(owner, 201, 'POST', '/api/plans', { name: 'gold', ...PLAN }))['version'], 2)
      await as(rival, 409, 'POST', '/api/plans', { name: 'gold', ...PLAN, apis: ['mine'] })
      await as(rival, 409, 'POST', '/api/plans', { name: 'operators-plan', ...PLAN, apis: ['mine'] })
      const byOperator = await api.call('POST', '/api/plans', { body: { name: 'gold', ...PLAN } })
      assert.deepEqual([byOperator.status, byOperator.body['organization']], [201, owner.organization], 'it stays its own')
      const credit = await api.call('POST', '/api/plans', { body: { name: 'gold', ...PLAN, credit: '5.00' } })
      assert.equal(credit.status, 400, 'by the operator, too: he has plans of his own for that')
    })

    it('has plans that are not offered to everybody, and nobody else sees those', async () => {
      await as(owner, 201, 'POST', '/api/plans', { name: 'quiet', ...PLAN, listed: false })
      assert.deepEqual(namesOf(await as(owner, 200, 'GET', '/api/plans')), ['gold', 'operators-plan', 'quiet'])
      for (const other of [rival, consumer]) {
        assert.deepEqual(namesOf(await as(other, 200, 'GET', '/api/plans')), ['gold', 'operators-plan'])
        await as(other, 404, 'GET', '/api/plans/quiet')
      }
      const path = `/api/organizations/${consumer.organization}/subscriptions`
      await as(consumer, 404, 'POST', path, { plan: 'quiet', reason: 'r' })
      await as(consumer, 404, 'GET', '/api/plans/gold/subscriptions')
      await as(consumer, 404, 'GET', '/api/plans/operators-plan/subscriptions')
    })

    it('has its subscriptions approved, rejected and revoked by its publisher, and by nobody else but the operator', async () => {
      const id = await subscribed('gold')
      const decision = `/api/subscriptions/${id}/decision`
      await as(rival, 404, 'GET', `/api/subscriptions/${id}`)
      await as(rival, 404, 'POST', decision, { decision: 'approve' })
      const own = await as(consumer, 403, 'POST', decision, { decision: 'approve' })
      const [fix] = own['fixes'] as { by: string; path: string }[]
      assert.deepEqual([own['code'], fix?.by, fix?.path], ['permission_denied', 'publisher', decision])
      const { data } = await as(owner, 200, 'GET', '/api/plans/gold/subscriptions')
      assert.deepEqual(
        (data as Record<string, unknown>[]).map((one) => [one['id'], one['organization'], one['approval'], one['reason']]),
        [[id, consumer.organization, 'pending', 'to try it']],
      )
      await as(rival, 404, 'GET', '/api/plans/gold/subscriptions')
      assert.equal((await as(owner, 201, 'POST', decision, { decision: 'reject', reason: 'say more' }))['approval'], 'rejected')
      await as(consumer, 201, 'POST', `/api/subscriptions/${id}/events`, { event: 'reapply', reason: 'more' })
      assert.equal((await as(owner, 201, 'POST', decision, { decision: 'approve' }))['approval'], 'approved')
      assert.equal((await as(owner, 201, 'POST', decision, { decision: 'revoke', reason: 'abuse' }))['approval'], 'revoked')
      for (const event of ['cancel', 'pause']) await as(owner, 403, 'POST', `/api/subscriptions/${id}/events`, { event })
      const { body } = await api.call('POST', decision, { body: { decision: 'approve' } })
      assert.equal(body['code'], 'conflict', 'the operator could; a revoked one has to be asked for again')
    })

    it('is approved for by its publisher alone: what another seller approved opens no plan of it, nor the other way round', async () => {
      const id = await subscribed('gold', 'again')
      await as(owner, 201, 'POST', `/api/subscriptions/${id}/decision`, { decision: 'approve' })
      await as(consumer, 409, 'POST', `/api/subscriptions/${id}/plan`, { plan: 'operators-plan' })
      const operators = await subscribed('operators-plan')
      await as(consumer, 403, 'POST', `/api/subscriptions/${operators}/decision`, { decision: 'approve' })
      await as(owner, 404, 'POST', `/api/subscriptions/${operators}/decision`, { decision: 'approve' })
      await api.call('POST', `/api/subscriptions/${operators}/decision`, { body: { decision: 'approve' } })
      await as(consumer, 409, 'POST', `/api/subscriptions/${operators}/plan`, { plan: 'gold' })
    })

    it('has quotas that the operator alone raises for one subscription, whoever sells or has it', async () => {
      const quotas = [{ counts: 'requests', apis: 'weather', limit: 5 }]
      await as(owner, 201, 'POST', '/api/plans', { name: 'counted', price: '0', period: 'free', apis: ['weather'], quotas })
      const everything = await personOf('everything', 'org_admin')
      const path = `/api/organizations/${everything.organization}`
      const id = String((await as(everything, 201, 'POST', `${path}/subscriptions`, { plan: 'counted' }))['id'])
      const subject = { kind: 'quota', id, counts: 'requests', apis: 'weather' }
      const asked = String((await as(everything, 201, 'POST', `${path}/limit-requests`, { subject, value: 9, reason: 'r' }))['id'])
      const refused = await as(everything, 403, 'POST', `/api/limit-requests/${asked}/decision`, { decision: 'approve' })
      assert.equal((refused['fixes'] as { by: string }[])[0]?.by, 'operator')
      const approved = await api.call('POST', `/api/limit-requests/${asked}/decision`, { body: { decision: 'approve' } })
      assert.equal(approved.status, 201, approved.text)
    })

    it('tells its publisher which organizations call it, what that brought in, and nothing of their inside', async () => {
      const base = `/api/organizations/${consumer.organization}`
      const application = await created(api, `${base}/applications`, { name: 'a' })
      const keys = [await created(api, `/api/applications/${application}/keys`, { name: 'one' })]
      keys.push(await created(api, `/api/applications/${application}/keys`, { name: 'two' }))
      const at = api.clock.now()
      const of = { organization: consumer.organization, application, api: 'weather', route: 'GET /{city}', at }
      for (const key of keys) api.store.records.request(recordOf({ ...of, id: `req_by_${key}`, key, attempts: [] }))
      await api.store.records.flush()
      api.clock.time += 1_000
      const nobody = { application: null, key: null }
      const usage = await as(owner, 200, 'GET', '/api/apis/weather/usage')
      assert.deepEqual(usage['consumers'], [{ organization: consumer.organization, ...nobody, calls: 2, revenue: '2.00' }])
      const callers = await as(owner, 200, 'GET', '/api/apis/weather/callers')
      assert.deepEqual(callers['data'], [{ organization: consumer.organization, ...nobody, requests: 2 }])
      const { body } = await api.call('GET', '/api/apis/weather/callers')
      assert.deepEqual((body['data'] as { key: string }[]).map(({ key }) => key).toSorted(), keys.toSorted(), 'the operator sees keys')
    })

    it('is managed with the same permissions in a role of the organization, and without them not at all', async () => {
      const { organization } = owner
      const permissions = ['apis:read', 'apis:write']
      const role = await created(api, `/api/organizations/${organization}/roles`, { name: 'apis', permissions })
      const person = { name: 'a', email: 'apis@example.com', role }
      const token = await tokenOf(api, await created(api, `/api/organizations/${organization}/members`, person))
      await as({ organization, token }, 200, 'PATCH', '/api/apis/weather', { retries: 2 })
      await as({ organization, token }, 403, 'POST', '/api/plans', { name: 'more', ...PLAN })
      const developer = { name: 'd', email: 'developer@example.com', role: 'developer' }
      const less = await tokenOf(api, await created(api, `/api/organizations/${organization}/members`, developer))
      await as({ organization, token: less }, 403, 'GET', '/api/apis/weather')
    })
  })
}

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { PERMISSION_NAMES, ROUTES, ROUTE_NAMES, type RouteSpec } from '@faregate/contract'
import { declaredPermission } from '../src/index.ts'
import { BEGINNING, BODIES, createInstallation, pathOf, routesInOrder } from './support/every-route.ts'
import { OPERATOR_TOKEN, PROVIDER_SECRET, startHarness, type Harness } from './support/harness.ts'
import { createTenant, mintToken, type Tenant } from './support/world.ts'

const UNKNOWN: Tenant = {
  organization: 'org_0',
  team: 'team_0',
  member: 'mem_0',
  role: 'role_0',
  application: 'app_0',
  key: 'key_0',
  grant: 'gr_0',
  request: 'req_0',
  denial: 'dn_0',
  webhook: 'we_0',
  invoice: 'INV-999999',
  subscription: 'sub_0',
  asked: 'sub_0',
  limitRequest: 'lr_0',
  paymentMethod: 'pm_0',
  topUp: 'pay_0',
}

describe('access to every route', () => {
  let api: Harness
  let tenant: Tenant
  let installation: { token: string }
  before(async () => {
    api = await startHarness()
    tenant = await createTenant(api, 'acme')
    installation = await createInstallation(api)
  })
  after(() => api.close())

  it('is refused with 401 without a token, with an unknown one, and with an API key', async () => {
    for (const name of ROUTE_NAMES) {
      const { method }: RouteSpec = ROUTES[name]
      for (const [token, code] of [
        [undefined, 'credential_missing'],
        ['fgm_unknown', 'credential_invalid'],
        ['fg_key', 'credential_invalid'],
      ] as const) {
        const answer = await api.call(method, pathOf(name, tenant, installation), { token, body: BODIES[name] })
        assert.equal(answer.status, 401, `${name}: ${answer.text}`)
        assert.equal(answer.body.code, code)
        assert.match(String(answer.headers['content-type']), /^application\/problem\+json/)
        assert.match(String(answer.headers['faregate-denial']), new RegExp(`^${code};id="dn_`))
      }
    }
  })

  it("is refused with 403 to a token that holds every permission but the route's", async () => {
    for (const name of ROUTE_NAMES) {
      const { method, permission }: RouteSpec = ROUTES[name]
      const token = await mintToken(
        api,
        PERMISSION_NAMES.filter((one) => one !== permission),
      )
      const answer = await api.call(method, pathOf(name, tenant, installation), { token, body: BODIES[name] })
      assert.equal(answer.status, 403, `${name}: ${answer.text}`)
      assert.deepEqual(answer.body.required, [permission])
    }
  })

  it('answers 404 for ids and names that do not exist', async () => {
    for (const name of ROUTE_NAMES) {
      const { method, path }: RouteSpec = ROUTES[name]
      if (!path.includes('{') || BEGINNING.has(name)) continue
      const url = pathOf(name, UNKNOWN, { token: 'mt_0' }).replace(
        /own-provider%2Fown-model|own-(provider|model|plan|api)|pc_own_\w+|vo_own/,
        'nothing',
      )
      const answer = await api.call(method, url, { body: BODIES[name] })
      assert.equal(answer.status, 404, `${method} ${url}: ${answer.text}`)
      assert.equal(answer.body.code, 'not_found')
    }
  })

  it('answers 404 route_unknown for paths that do not exist', async () => {
    const answer = await api.call('GET', '/api/nothing')
    assert.equal(answer.status, 404)
    assert.equal(answer.body.code, 'route_unknown')
  })

  it('succeeds for the operator, and no answer holds a secret, nor does any row of the audit', async () => {
    const texts: string[] = []
    for (const name of routesInOrder()) {
      const { method, status }: RouteSpec = ROUTES[name]
      const answer = await api.call(method, pathOf(name, tenant, installation), { body: BODIES[name] })
      assert.equal(answer.status, status, `${name}: ${answer.text}`)
      texts.push(answer.text)
    }
    texts.push((await api.call('GET', '/api/audit?limit=500')).text)
    const everything = texts.join('\n')
    for (const secret of [
      PROVIDER_SECRET,
      'sk-fresh-secret',
      'sk-own-secret',
      'sk-upstream-secret',
      OPERATOR_TOKEN,
      '"hash":"',
      '"sealed"',
    ]) {
      const shown = secret === '"hash":"' ? texts.filter((text) => !text.includes('previousHash')).join('\n') : everything
      assert.ok(!shown.includes(secret), `${secret} was answered`)
    }
    assert.equal(everything.match(/"key":"fg_/g)?.length, 2, 'each key is shown once, by its creation or rotation')
    assert.equal(everything.match(/"token":"fgm_/g)?.length, 2, 'each token is shown once, by its creation')
  })

  it('refuses a token that has expired', async () => {
    const expiresAt = new Date(api.clock.now() + 1_000).toISOString()
    const { body } = await api.call('POST', '/api/tokens', { body: { name: 'short', permissions: ['usage:read'], expiresAt } })
    assert.equal((await api.call('GET', '/api/usage', { token: String(body.token) })).status, 200)
    api.clock.time += 1_000
    const answer = await api.call('GET', '/api/usage', { token: String(body.token) })
    assert.equal(answer.status, 401)
    assert.equal(answer.body.code, 'key_expired')
  })

  it("a valid operator's token does not get 401 while the database is gone, nor does any token", async () => {
    const gone = await startHarness('sqlite')
    const failing = {
      ...gone.deps.store.read.tokens,
      byHash: async () => Promise.reject(Object.assign(new Error('locked'), { code: 'SQLITE_BUSY' })),
    }
    gone.deps.store.read.tokens = failing
    gone.deps.log.error = () => {}
    const answer = await gone.call('GET', '/api/usage', { token: 'fgm_some' })
    assert.equal(answer.status, 503)
    assert.equal(answer.body.code, 'ledger_unavailable')
    await gone.close()
  })

  it('a route without a permission does not register', () => {
    const open = { permission: undefined } as unknown as Pick<RouteSpec, 'permission'>
    assert.throws(() => declaredPermission('open', open), /declares no permission/)
    for (const name of ROUTE_NAMES) assert.doesNotThrow(() => declaredPermission(name, ROUTES[name]))
  })
})

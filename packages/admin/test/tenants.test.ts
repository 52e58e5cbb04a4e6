import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { PERMISSIONS, PERMISSION_NAMES, ROUTES, ROUTE_NAMES, type RouteName, type RouteSpec } from '@faregate/contract'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { BEGINNING, BODIES, createInstallation, pathOf } from './support/every-route.ts'
import { startHarness, type Harness } from './support/harness.ts'
import { publish } from './support/published.ts'
import { rowsWith } from './support/state.ts'
import { createTenant, mintToken, type Published, type Tenant } from './support/world.ts'

const BINDABLE = PERMISSION_NAMES.filter((name) => PERMISSIONS[name].bindable)

/** Tables in which something of an organization stands; what it changes elsewhere is nobody's alone. */
const OWN_TABLES = [
  'accounts',
  'api_alerts',
  'api_drafts',
  'api_owners',
  'api_releases',
  'apis',
  'applications',
  'audit',
  'auto_top_ups',
  'denials',
  'entries',
  'invoice_marks',
  'invoices',
  'keys',
  'limit_requests',
  'lots',
  'management_tokens',
  'members',
  'named_caps',
  'organizations',
  'payment_customers',
  'payment_methods',
  'plans',
  'requests',
  'roles',
  'subscriptions',
  'teams',
  'top_up_ends',
  'top_ups',
  'webhook_deliveries',
  'webhooks',
]

for (const kind of KINDS)
  describe(`a token bound to one organization, on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    let own: Tenant
    let other: Tenant
    let installation: { token: string }
    let token: string
    before(async () => {
      api = await startHarness(kind)
      own = await createTenant(api, 'own')
      other = await createTenant(api, 'other')
      for (const [name, tenant] of Object.entries({ own, other })) {
        tenant.published = await publish(api, tenant, name)
        await api.call('POST', `/api/webhooks/${tenant.webhook}/test`, { body: {} })
      }
      installation = await createInstallation(api)
      token = await mintToken(api, BINDABLE, own.organization)
    })
    after(() => api?.close())

    /** All that a route can be asked of an organization, where more than one id fits. */
    function pathsTo(name: RouteName, tenant: Tenant): string[] {
      const path = pathOf(name, tenant, installation)
      const { published, ...ids } = tenant
      const others: Record<string, (string | undefined)[]> = {
        [ids.subscription]: [ids.asked, published?.subscription],
        [ids.asked]: [ids.subscription, published?.subscription],
        [ids.request]: [ids.denial],
      }
      const [named] = Object.keys(others).filter((id) => path.split('/').includes(id))
      return [path, ...(named === undefined ? [] : (others[named] ?? []).map((id) => path.replace(named, id ?? '')))]
    }

    const bodyOf = (name: RouteName): unknown =>
      name === 'createPlan' ? { name: 'fresh', price: '5.00', period: 'month', apis: [own.published?.api] } : BODIES[name]

    it('finds nothing of another organization on any route, by any id, and changes nothing of it', async () => {
      const ids = idsOf(other)
      const state = await rowsWith(api, ids)
      assert.deepEqual(Object.keys(state).toSorted(), OWN_TABLES)
      for (const name of ROUTE_NAMES) {
        const { method, path, permission, status }: RouteSpec = ROUTES[name]
        for (const to of pathsTo(name, other)) {
          const answer = await api.call(method, to, { token, body: bodyOf(name) })
          const expected = !PERMISSIONS[permission].bindable ? 403 : BEGINNING.has(name) ? 409 : path.includes('{') ? 404 : status
          assert.equal(answer.status, expected, `${name}: ${answer.text}`)
          for (const foreign of ids) assert.ok(!withoutDetail(answer.text).includes(foreign), `${name} answers ${foreign}`)
        }
      }
      await api.store.records.flush()
      assert.deepEqual(await rowsWith(api, ids), state)
    })

    it('is told 404 when it filters by another organization', async () => {
      for (const name of ROUTE_NAMES) {
        const { method, path, query, permission }: RouteSpec = ROUTES[name]
        const filters = query !== undefined && 'organization' in query.shape && !path.includes('{')
        if (!filters || !PERMISSIONS[permission].bindable) continue
        const answer = await api.call(method, `${path}?organization=${other.organization}`, { token })
        assert.equal(answer.status, 404, `${name}: ${answer.text}`)
        const withOwn = await api.call(method, `${path}?organization=${own.organization}`, { token })
        assert.equal(withOwn.status, 200, `${name}: ${withOwn.text}`)
      }
    })

    it('finds nothing by a key, application or request of another organization', async () => {
      for (const query of [
        `keys?application=${other.application}`,
        `requests?key=${other.key}`,
        `denials?key=${other.key}`,
        `ledger/entries?request=${other.request}`,
      ]) {
        const answer = await api.call('GET', `/api/${query}`, { token })
        assert.deepEqual(answer.body.data, [], query)
      }
      assert.equal((await api.call('GET', `/api/usage?key=${other.key}`, { token })).body.requests, 0)
      assert.deepEqual((await api.call('GET', '/api/usage?groupBy=organization', { token })).body.groups, [
        { organization: own.organization, requests: 1, buckets: { input: 10, output: 5 }, cost: '1.00', providerCost: '0.40' },
      ])
    })

    it('is told the same of what is of another organization as of what does not exist, when it names it in a body', async () => {
      const base = `/api/organizations/${own.organization}`
      const person = { name: 'n', email: 'guess@example.com' }
      for (const [method, path, member, foreign] of [
        ['POST', `${base}/applications`, 'team', other.team],
        ['PATCH', `/api/applications/${own.application}`, 'team', other.team],
        ['POST', `/api/applications/${own.application}/keys`, 'member', other.member],
        ['POST', `${base}/members`, 'role', other.role],
        ['PATCH', `/api/members/${own.member}`, 'role', other.role],
      ] as const) {
        const [said, unknown] = await Promise.all(
          [foreign, foreign.replace(/.$/, '_')].map(async (id) => {
            const { status, text } = await api.call(method, path, {
              token,
              body: { ...(path.endsWith('members') ? person : { name: 'n' }), [member]: id },
            })
            const { detail, pointer } = JSON.parse(text) as { detail: string; pointer: string }
            return { status, pointer, detail: detail.replace(id, 'ID') }
          }),
        )
        assert.deepEqual(said, unknown, `${method} ${path}`)
        assert.deepEqual([said?.status, said?.pointer], [400, `/${member}`])
      }
      const body = { name: 'n', permissions: ['usage:read'], organization: other.organization }
      assert.equal((await api.call('POST', '/api/tokens', { token, body })).status, 404)
    })

    it('sees its own', async () => {
      for (const name of ROUTE_NAMES) {
        const { method, permission, status }: RouteSpec = ROUTES[name]
        if (method !== 'GET' || !PERMISSIONS[permission].bindable) continue
        const answer = await api.call(method, pathOf(name, own, installation), { token })
        assert.equal(answer.status, status, `${name}: ${answer.text}`)
      }
    })

    it('is not told what is for the operator alone', async () => {
      assert.equal((await api.call('GET', `/api/denials/${own.denial}`, { token })).body.operatorDetail, null)
      assert.equal((await api.call('GET', `/api/denials/${own.denial}`)).body.operatorDetail, 'for the operator')
      assert.ok(!(await api.call('GET', `/api/diagnose/${own.denial}`, { token })).text.includes('for the operator'))
    })

    it('cannot be given what concerns the whole installation, nor what its maker does not hold', async () => {
      const refused = await api.call('POST', '/api/tokens', {
        body: { name: 'n', permissions: ['providers:write'], organization: own.organization },
      })
      assert.equal(refused.status, 400)
      assert.equal(refused.body.pointer, '/permissions/0')
      const maker = await mintToken(api, ['tokens:write', 'usage:read'])
      const more = await api.call('POST', '/api/tokens', { token: maker, body: { name: 'n', permissions: ['money:write'] } })
      assert.equal(more.status, 403)
      assert.equal((await api.call('POST', '/api/tokens', { token: maker, body: { name: 'n', permissions: ['usage:read'] } })).status, 201)
    })

    it('cannot set its overdraft without money:write', async () => {
      const naming = await mintToken(api, ['organizations:write'], own.organization)
      const path = `/api/organizations/${own.organization}`
      assert.equal((await api.call('PATCH', path, { token: naming, body: { overdraft: '1000' } })).status, 403)
      assert.equal((await api.call('PATCH', path, { token: naming, body: { name: 'fine' } })).status, 200)
    })
  })

function idsOf({ published, ...ids }: Tenant): string[] {
  return Object.values({ ...ids, ...prefixed(published) })
}

/** Beside members of the same names. */
function prefixed(ids: Published | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(ids ?? {}).map(([name, id]: [string, string]) => [`published ${name}`, id]))
}

/** A refusal repeats the id that it was asked for. */
function withoutDetail(text: string): string {
  const { detail: _detail, error: _error, ...rest } = JSON.parse(text === '' ? '{}' : text) as Record<string, unknown>
  return JSON.stringify(rest)
}

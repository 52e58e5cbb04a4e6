import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { PERMISSION_NAMES, PERMISSIONS, ROUTES, ROUTE_NAMES, type RouteName, type RouteSpec } from '@faregate/contract'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { BODIES, pathOf, routesInOrder } from './support/every-route.ts'
import { startHarness, type Harness } from './support/harness.ts'
import { created, createTenant, recordOf, tokenOf, type Tenant } from './support/world.ts'

const BINDABLE = PERMISSION_NAMES.filter((name) => PERMISSIONS[name].bindable)
const NO_INSTALLATION = { token: 'mt_0' }

/** What a team has, in the places of what the whole organization has. */
interface Team extends Tenant {
  /** Of a member whose role, which holds every permission there is, is narrowed to the team. */
  token: string
}

for (const kind of KINDS) {
  describe(`a role that is narrowed to a team, on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    let tenant: Tenant
    let own: Team
    let other: Team
    let people = 0
    before(async () => {
      api = await startHarness(kind)
      tenant = await createTenant(api, 'acme')
      own = await createTeam('own')
      other = await createTeam('other')
    })
    after(() => api.close())

    /** A team with a cap, an application, a key, a member, a request that was served, one that was refused, and one for a higher limit. */
    async function createTeam(name: string): Promise<Team> {
      const base = `/api/organizations/${tenant.organization}`
      const team = await created(api, `${base}/teams`, { name, cap: { amount: '1.00', period: 'day' } })
      const application = await created(api, `${base}/applications`, { name, team })
      const key = await created(api, `/api/applications/${application}/keys`, { name })
      const role = await created(api, `${base}/roles`, { name, permissions: BINDABLE })
      const member = await created(api, `${base}/members`, { name, email: `${name}@teams.example`, role, team })
      const limitRequest = await created(api, `${base}/limit-requests`, { subject: { kind: 'cap', level: 'team', id: team }, reason: 'r' })
      const [request, denial] = [`req_of_${name}`, `dn_of_${name}`]
      const { organization } = tenant
      api.store.records.request(recordOf({ id: request, organization, application, key, at: api.clock.now() }))
      const refused = { id: denial, at: api.clock.now(), requestId: `${request}_refused`, organization, key, code: 'cap_team' as const }
      api.store.records.denial({ ...refused, problem: '{}', trace: [], operatorDetail: null, configurationVersion: 1 })
      await api.store.records.flush()
      return { ...tenant, team, application, key, member, role, request, denial, limitRequest, token: await tokenOf(api, member) }
    }

    const bodyOf = (name: RouteName, { team }: Tenant): unknown => {
      if (name === 'createLimitRequest') return { subject: { kind: 'cap', level: 'team', id: team }, reason: 'r' }
      if (name === 'createMember') return { name: 'n', email: `new${++people}@teams.example`, role: own.role }
      return BODIES[name]
    }

    const call = (name: RouteName, of: Tenant, token: string) => {
      const { method }: RouteSpec = ROUTES[name]
      return api.call(method, pathOf(name, of, NO_INSTALLATION), { token, body: bodyOf(name, of) })
    }

    const idsOf = ({ team, application, key, member, request, denial, limitRequest }: Tenant) =>
      [team, application, key, member, request, denial, limitRequest].map((id) => `"${id}"`)

    it('is refused, with whoever can widen it, by every route that concerns more than a team', async () => {
      for (const name of ROUTE_NAMES) {
        const route: RouteSpec = ROUTES[name]
        if (route.withinTeam === true || !PERMISSIONS[route.permission].bindable) continue
        const answer = await call(name, own, own.token)
        assert.equal(answer.status, 403, `${name}: ${answer.text}`)
        const [fix] = answer.body['fixes'] as { action: string; by: string; path: string }[]
        assert.deepEqual([fix?.action, fix?.by, fix?.path], ['widen_role', 'org_admin', `/api/members/${own.member}`], name)
      }
    })

    it('reads, changes and lists nothing of another team, nor of what belongs to none', async () => {
      for (const foreign of [other, tenant]) {
        for (const name of ROUTE_NAMES) {
          const route: RouteSpec = ROUTES[name]
          if (route.withinTeam !== true) continue
          const answer = await call(name, foreign, own.token)
          const named = route.path.includes('{id}') && !route.path.startsWith('/api/organizations')
          if (named) assert.equal(answer.status, 404, `${name}: ${answer.text}`)
          else for (const id of idsOf(foreign)) assert.ok(!answer.text.includes(id), `${name} tells of ${id}`)
        }
      }
      const subject = { kind: 'cap', level: 'key', id: other.key }
      const asked = await api.call('POST', `/api/organizations/${own.organization}/limit-requests`, {
        token: own.token,
        body: { subject, reason: 'r' },
      })
      assert.deepEqual([asked.status, asked.body['pointer']], [400, '/subject'])
    })

    it('has totals of its own team alone', async () => {
      const { body } = await api.call('GET', '/api/usage?groupBy=application', { token: own.token })
      const groups = body['groups'] as { application: string; requests: number }[]
      assert.deepEqual([body['requests'], groups.map(({ application }) => application)], [1, [own.application]])
      const refused = await api.call('GET', '/api/denials?groupBy=key', { token: own.token })
      assert.deepEqual(refused.body['groups'], [{ key: own.key, count: 1 }])
    })

    it('moves nothing out of the team, widens nobody, and gives nothing to members of another', async () => {
      const { token } = own
      const base = `/api/organizations/${own.organization}`
      const tries: [method: string, path: string, body: unknown, pointer: string][] = [
        ['POST', `${base}/applications`, { name: 'n', team: other.team }, '/team'],
        ['POST', `${base}/applications`, { name: 'n', team: null }, '/team'],
        ['PATCH', `/api/applications/${own.application}`, { team: other.team }, '/team'],
        ['PATCH', `/api/applications/${own.application}`, { owner: other.member }, '/owner'],
        ['POST', `/api/applications/${own.application}/keys`, { name: 'n', member: other.member }, '/member'],
        ['POST', `${base}/members`, { name: 'n', email: 'wide@teams.example', role: own.role, team: null }, '/team'],
        ['PATCH', `/api/members/${own.member}`, { team: null }, '/team'],
        ['PATCH', `/api/members/${own.member}`, { team: other.team }, '/team'],
      ]
      for (const [method, path, body, pointer] of tries) {
        const answer = await api.call(method, path, { token, body })
        assert.deepEqual([answer.status, answer.body['pointer']], [400, pointer], `${method} ${path}: ${answer.text}`)
      }
    })

    it('does in its team what its permissions say, and what it makes there belongs to the team', async () => {
      for (const name of routesInOrder()) {
        const route: RouteSpec = ROUTES[name]
        if (route.withinTeam !== true || name === 'removeMember') continue
        const answer = await call(name, own, own.token)
        assert.equal(answer.status, route.status, `${name}: ${answer.text}`)
        if (name === 'createApplication' || name === 'createMember') assert.equal(answer.body['team'], own.team)
        if (name === 'createApplication') assert.equal(answer.body['owner'], own.member)
      }
    })

    it('ends no membership that applications of others rest on, and says how many they are', async () => {
      const base = `/api/organizations/${tenant.organization}`
      const person = { name: 'n', role: own.role, team: own.team }
      const owner = await created(api, `${base}/members`, { ...person, email: 'owner@teams.example' })
      const elsewhere = await created(api, `${base}/applications`, { name: 'elsewhere', team: other.team, owner })
      await created(api, `${base}/applications`, { name: 'here', team: own.team, owner })
      const user = await created(api, `${base}/members`, { ...person, email: 'user@teams.example' })
      const key = await created(api, `/api/applications/${tenant.application}/keys`, { name: 'n', member: user })
      for (const [member, what] of [
        [owner, /owns 1 applications outside your team, and has 0 keys/],
        [user, /owns 0 applications outside your team, and has 1 keys/],
      ] as const) {
        const refused = await api.call('DELETE', `/api/members/${member}`, { token: own.token })
        assert.deepEqual([refused.status, refused.body['code']], [409, 'conflict'], refused.text)
        assert.match(String(refused.body['detail']), what)
        for (const id of [elsewhere, key, tenant.application]) assert.ok(!refused.text.includes(id))
      }
      assert.equal((await api.call('GET', `/api/applications/${elsewhere}`)).body['owner'], owner)
      assert.equal((await api.call('GET', `/api/keys/${key}`)).body['state'], 'active')
      assert.equal((await api.call('PATCH', `/api/applications/${elsewhere}`, { body: { owner: null } })).status, 200)
      assert.equal((await api.call('DELETE', `/api/keys/${key}`)).status, 204)
      for (const member of [owner, user])
        assert.equal((await api.call('DELETE', `/api/members/${member}`, { token: own.token })).status, 204)
    })

    it('follows an application into another team at once, and is widened again', async () => {
      const application = await created(api, `/api/organizations/${tenant.organization}/applications`, { name: 'moving', team: other.team })
      const seen = async () => (await api.call('GET', `/api/applications/${application}`, { token: own.token })).status
      assert.equal(await seen(), 404)
      await api.call('PATCH', `/api/applications/${application}`, { body: { team: own.team } })
      assert.equal(await seen(), 200)
      await api.call('PATCH', `/api/applications/${application}`, { body: { team: null } })
      assert.equal(await seen(), 404)
      await api.call('PATCH', `/api/members/${own.member}`, { body: { team: null } })
      assert.equal(await seen(), 200)
      assert.equal((await api.call('GET', `/api/teams/${other.team}`, { token: own.token })).status, 200)
    })

    it('is of a team of its own organization, which stays while it holds there', async () => {
      const elsewhere = await createTenant(api, `elsewhere-${kind}`)
      const base = `/api/organizations/${tenant.organization}/members`
      for (const team of [elsewhere.team, 'team_0']) {
        const answer = await api.call('POST', base, { body: { name: 'n', email: 'n@teams.example', role: 'viewer', team } })
        assert.deepEqual([answer.status, answer.body['pointer']], [400, '/team'])
      }
      const team = await created(api, `/api/organizations/${tenant.organization}/teams`, { name: 'short' })
      const member = await created(api, base, { name: 'n', email: 'short@teams.example', role: 'viewer', team })
      assert.equal((await api.call('DELETE', `/api/teams/${team}`)).status, 409)
      assert.equal((await api.call('DELETE', `/api/members/${member}`)).status, 204)
      assert.equal((await api.call('DELETE', `/api/teams/${team}`)).status, 204)
    })
  })
}

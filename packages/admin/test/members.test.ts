import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { isPermission, PERMISSIONS } from '@faregate/contract'
import { BUILT_IN_ROLES } from '@faregate/identity'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { startHarness, type Harness } from './support/harness.ts'
import { createTenant, mintToken, type Tenant } from './support/world.ts'

it('built-in roles are made of permissions that exist and that concern one organization; none gives credit', () => {
  for (const [role, permissions] of Object.entries(BUILT_IN_ROLES)) {
    for (const name of permissions) assert.ok(isPermission(name) && PERMISSIONS[name].bindable, `${role}: ${name}`)
    assert.equal(new Set(permissions).size, permissions.length, role)
    assert.ok(!permissions.includes('money:write'), role)
  }
})

for (const kind of KINDS) {
  describe(`members and roles on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    let tenant: Tenant
    let people = 0
    before(async () => {
      api = await startHarness(kind)
      tenant = await createTenant(api, 'acme')
    })
    after(() => api.close())

    async function member(role: string, token?: string): Promise<{ id: string; token: string }> {
      const path = `/api/organizations/${tenant.organization}/members`
      const options = token === undefined ? {} : { token }
      const body = { name: 'Ann', email: `ann${++people}@example.com`, role }
      const made = await api.call('POST', path, { body, ...options })
      assert.equal(made.status, 201, made.text)
      const id = String(made.body.id)
      const minted = await api.call('POST', `/api/members/${id}/tokens`, { body: { name: 't' }, ...options })
      assert.equal(minted.status, 201, minted.text)
      return { id, token: String(minted.body.token) }
    }

    const status = async (method: string, path: string, token: string, body?: unknown) =>
      (await api.call(method, path, { token, body })).status

    it('the token of a member may do what the role allows, in its organization alone', async () => {
      const viewer = await member('viewer')
      assert.equal(await status('GET', `/api/organizations/${tenant.organization}`, viewer.token), 200)
      const denied = await api.call('POST', `/api/applications/${tenant.application}/keys`, { token: viewer.token, body: { name: 'n' } })
      assert.deepEqual([denied.status, denied.body.code, denied.body.required], [403, 'permission_denied', ['keys:write']])
      const [fix] = denied.body.fixes as { by: string; path: string; canYou: boolean }[]
      assert.deepEqual([fix?.by, fix?.path, fix?.canYou], ['org_admin', `/api/members/${viewer.id}`, false])
      const other = await createTenant(api, 'other')
      assert.equal(await status('GET', `/api/organizations/${other.organization}`, viewer.token), 404)
    })

    it('another role is in force at once, and the end of the membership ends its tokens and keys', async () => {
      const ann = await member('viewer')
      const path = `/api/applications/${tenant.application}/keys`
      assert.equal(await status('PATCH', `/api/members/${ann.id}`, 'fgo_operator', { role: 'developer' }), 200)
      const key = await api.call('POST', path, { token: ann.token, body: { name: 'n', member: ann.id } })
      assert.equal(key.status, 201, key.text)
      assert.equal(key.body.member, ann.id)
      assert.equal(await status('DELETE', `/api/members/${ann.id}`, 'fgo_operator'), 204)
      assert.equal(await status('GET', `/api/organizations/${tenant.organization}`, ann.token), 401)
      assert.equal((await api.call('GET', `/api/keys/${String(key.body.id)}`)).body.state, 'revoked')
      assert.equal(await status('GET', `/api/members/${ann.id}`, 'fgo_operator'), 404)
    })

    it('nobody hands out a permission that he does not hold: not by a member, a role, or a token', async () => {
      const admin = await member('org_admin')
      const narrow = await mintToken(api, ['members:write', 'roles:write', 'tokens:write', 'usage:read'], tenant.organization)
      const base = `/api/organizations/${tenant.organization}`
      const body = { name: 'Bob', email: 'bob@example.com', role: 'org_admin' }
      assert.equal(await status('POST', `${base}/members`, narrow, body), 403)
      assert.equal(await status('POST', `${base}/roles`, narrow, { name: 'r', permissions: ['keys:write'] }), 403)
      assert.equal(await status('POST', `/api/members/${admin.id}/tokens`, narrow, { name: 't' }), 403)
      assert.equal(await status('POST', '/api/tokens', narrow, { name: 't', permissions: ['keys:write'] }), 403)
      const made = await api.call('POST', `${base}/roles`, { token: narrow, body: { name: 'usage', permissions: ['usage:read'] } })
      assert.equal(made.status, 201, made.text)
      const role = String(made.body.id)
      assert.equal(await status('PATCH', `/api/roles/${role}`, narrow, { permissions: ['usage:read', 'money:write'] }), 403)
      assert.equal(await status('PATCH', `/api/members/${admin.id}`, narrow, { role: 'developer' }), 403)
      assert.equal(await status('POST', `${base}/members`, admin.token, { ...body, role: 'developer' }), 201)
      const credit = await api.call('POST', `${base}/roles`, { token: admin.token, body: { name: 'r', permissions: ['money:write'] } })
      assert.deepEqual([credit.status, credit.body.required], [403, ['money:write']])
    })

    it('a token of one organization makes, sees and revokes tokens of that organization alone', async () => {
      const admin = await member('org_admin')
      const made = await api.call('POST', '/api/tokens', { token: admin.token, body: { name: 'ci', permissions: ['usage:read'] } })
      assert.deepEqual([made.status, made.body.organization], [201, tenant.organization])
      const whole = await api.call('POST', '/api/tokens', { body: { name: 'whole', permissions: ['usage:read'] } })
      const seen = await api.call('GET', '/api/tokens?limit=500', { token: admin.token })
      const ids = (seen.body.data as { id: string; organization: string }[]).map(({ id, organization }) => [id, organization])
      assert.ok(ids.some(([id]) => id === made.body.id))
      assert.ok(ids.every(([, organization]) => organization === tenant.organization))
      assert.equal(await status('DELETE', `/api/tokens/${String(whole.body.id)}`, admin.token), 404)
      assert.equal(await status('DELETE', `/api/tokens/${String(made.body.id)}`, admin.token), 204)
    })

    it('a custom role can be had, changed with effect at once, and removed when nobody has it', async () => {
      const base = `/api/organizations/${tenant.organization}`
      const role = String((await api.call('POST', `${base}/roles`, { body: { name: 'reader', permissions: ['usage:read'] } })).body.id)
      const ann = await member(role)
      assert.equal(await status('GET', '/api/usage', ann.token), 200)
      assert.equal(await status('GET', '/api/keys', ann.token), 403)
      assert.equal(await status('PATCH', `/api/roles/${role}`, 'fgo_operator', { permissions: ['keys:read'] }), 200)
      assert.equal(await status('GET', '/api/usage', ann.token), 403)
      assert.equal(await status('GET', '/api/keys', ann.token), 200)
      assert.equal(await status('DELETE', `/api/roles/${role}`, 'fgo_operator'), 409)
      assert.equal(await status('PATCH', `/api/members/${ann.id}`, 'fgo_operator', { role: 'viewer' }), 200)
      assert.equal(await status('DELETE', `/api/roles/${role}`, 'fgo_operator'), 204)
      const listed = (await api.call('GET', `${base}/roles`)).body.data as { id: string }[]
      assert.ok(listed.some(({ id }) => id === 'org_admin') && !listed.some(({ id }) => id === role))
    })

    it('refuses roles of nobody and of others, roles that concern the installation, and an e-mail address that is taken', async () => {
      const base = `/api/organizations/${tenant.organization}`
      const other = await createTenant(api, `third-${kind}`)
      const foreign = await api.call('POST', `/api/organizations/${other.organization}/roles`, {
        body: { name: 'r', permissions: ['usage:read'] },
      })
      for (const role of ['king', 'toString', String(foreign.body.id)]) {
        const answer = await api.call('POST', `${base}/members`, { body: { name: 'n', email: 'n@example.com', role } })
        assert.deepEqual([answer.status, answer.body.pointer], [400, '/role'], answer.text)
      }
      const whole = await api.call('POST', `${base}/roles`, { body: { name: 'r', permissions: ['usage:read', 'backup:write'] } })
      assert.deepEqual([whole.status, whole.body.pointer], [400, '/permissions/1'])
      const body = { name: 'n', email: 'taken@example.com', role: 'viewer' }
      assert.equal((await api.call('POST', `${base}/members`, { body })).status, 201)
      assert.equal((await api.call('POST', `${base}/members`, { body })).status, 409)
      assert.equal((await api.call('POST', `${base}/members`, { body: { ...body, email: 'none' } })).status, 400)
    })
  })
}

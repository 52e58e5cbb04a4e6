import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { startHarness, type Harness } from './support/harness.ts'
import { created, createTenant, tokenOf, type Tenant } from './support/world.ts'

for (const kind of KINDS) {
  describe(`owners of applications on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    let tenant: Tenant
    let base: string
    let people = 0
    before(async () => {
      api = await startHarness(kind)
      tenant = await createTenant(api, 'acme')
      base = `/api/organizations/${tenant.organization}`
    })
    after(() => api.close())

    async function member(role = 'org_admin'): Promise<{ id: string; token: string }> {
      const id = await created(api, `${base}/members`, { name: 'Ann', email: `ann${++people}@example.com`, role })
      return { id, token: await tokenOf(api, id) }
    }

    const application = (body: object, token?: string) => created(api, `${base}/applications`, { name: 'n', ...body }, token)

    const ownerOf = async (id: string) => (await api.call('GET', `/api/applications/${id}`)).body['owner']

    it('are whoever makes one, or whom that says, or nobody', async () => {
      const [ann, bob] = [await member(), await member()]
      assert.equal(await ownerOf(await application({}, ann.token)), ann.id)
      assert.equal(await ownerOf(await application({ owner: bob.id }, ann.token)), bob.id)
      assert.equal(await ownerOf(await application({ owner: null }, ann.token)), null)
      assert.equal(await ownerOf(await application({})), null)
      const listed = await api.call('GET', `/api/applications?owner=${bob.id}`)
      assert.deepEqual(
        (listed.body['data'] as { owner: string }[]).map(({ owner }) => owner),
        [bob.id],
      )
    })

    it('are members of the organization', async () => {
      const other = await createTenant(api, `other-${kind}`)
      const gone = await member()
      assert.equal((await api.call('DELETE', `/api/members/${gone.id}`)).status, 204)
      for (const owner of [other.member, gone.id, 'mem_0']) {
        const answers = [
          await api.call('POST', `${base}/applications`, { body: { name: 'n', owner } }),
          await api.call('PATCH', `/api/applications/${tenant.application}`, { body: { owner } }),
        ]
        for (const answer of answers) assert.deepEqual([answer.status, answer.body['pointer']], [400, '/owner'], answer.text)
      }
    })

    it('are followed by another when they leave: who is named, else who lets them go, else nobody', async () => {
      const [ann, bob, admin] = [await member(), await member(), await member()]
      const id = await application({ owner: ann.id })
      for (const successor of [ann.id, 'mem_0']) {
        const refused = await api.call('DELETE', `/api/members/${ann.id}?successor=${successor}`)
        assert.deepEqual([refused.status, refused.body['pointer']], [400, '/successor'])
      }
      assert.equal(await ownerOf(id), ann.id)
      assert.equal((await api.call('DELETE', `/api/members/${ann.id}?successor=${bob.id}`)).status, 204)
      assert.equal(await ownerOf(id), bob.id)
      assert.equal((await api.call('DELETE', `/api/members/${bob.id}`, { token: admin.token })).status, 204)
      assert.equal(await ownerOf(id), admin.id)
      assert.equal((await api.call('DELETE', `/api/members/${admin.id}`, { token: admin.token })).status, 204)
      assert.equal(await ownerOf(id), null)
      const audit = await api.call('GET', `/api/audit?subject=${ann.id}`)
      assert.match(audit.text, new RegExp(`"successor":"${bob.id}"`))
    })

    it('can be changed, which needs no more than changing the application', async () => {
      const ann = await member('developer')
      const id = await application({})
      const changed = await api.call('PATCH', `/api/applications/${id}`, { token: ann.token, body: { owner: ann.id } })
      assert.deepEqual([changed.status, changed.body['owner']], [200, ann.id], changed.text)
      assert.equal((await api.call('PATCH', `/api/applications/${id}`, { body: { owner: null } })).body['owner'], null)
    })
  })
}

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { startHarness, type Harness } from './support/harness.ts'
import { createTenant, type Tenant } from './support/world.ts'

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

    async function made(path: string, body: unknown, token?: string): Promise<{ id: string; owner: string | null }> {
      const answer = await api.call('POST', path, { body, ...(token === undefined ? {} : { token }) })
      assert.equal(answer.status, 201, `${path}: ${answer.text}`)
      return answer.body as { id: string; owner: string | null }
    }

    async function member(role = 'org_admin'): Promise<{ id: string; token: string }> {
      const { id } = await made(`${base}/members`, { name: 'Ann', email: `ann${++people}@example.com`, role })
      const { body } = await api.call('POST', `/api/members/${id}/tokens`, { body: { name: 't' } })
      return { id, token: String(body['token']) }
    }

    const ownerOf = async (application: string) => (await api.call('GET', `/api/applications/${application}`)).body['owner']

    it('are whoever makes one, or whom that says, or nobody', async () => {
      const [ann, bob] = [await member(), await member()]
      assert.equal((await made(`${base}/applications`, { name: 'n' }, ann.token)).owner, ann.id)
      assert.equal((await made(`${base}/applications`, { name: 'n', owner: bob.id }, ann.token)).owner, bob.id)
      assert.equal((await made(`${base}/applications`, { name: 'n', owner: null }, ann.token)).owner, null)
      assert.equal((await made(`${base}/applications`, { name: 'n' })).owner, null)
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
      const { id } = await made(`${base}/applications`, { name: 'n', owner: ann.id })
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
      const { id } = await made(`${base}/applications`, { name: 'n' })
      const changed = await api.call('PATCH', `/api/applications/${id}`, { token: ann.token, body: { owner: ann.id } })
      assert.deepEqual([changed.status, changed.body['owner']], [200, ann.id], changed.text)
      assert.equal((await api.call('PATCH', `/api/applications/${id}`, { body: { owner: null } })).body['owner'], null)
    })
  })
}

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { startHarness, type Harness } from './support/harness.ts'
import { createTenant, mintToken, type Tenant } from './support/world.ts'

interface Row {
  seq: string
  action: string
  actor: string
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
  previousHash: string
  hash: string
}

for (const kind of KINDS) {
  describe(`the audit on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    let tenant: Tenant
    before(async () => {
      api = await startHarness(kind)
      tenant = await createTenant(api, 'acme')
    })
    after(() => api.close())

    const rows = async (query = '') => (await api.call('GET', `/api/audit?limit=500${query}`)).body.data as Row[]

    it('holds who changed what, before and after, changes of the ledger included', async () => {
      const token = await mintToken(api, ['keys:write'])
      await api.call('PATCH', `/api/keys/${tenant.key}`, { body: { enabled: false }, token })
      const [last] = await rows(`&subject=${tenant.key}`)
      assert.equal(last?.action, 'key.update')
      assert.match(last?.actor ?? '', /^mt_/)
      assert.deepEqual([last?.before?.['enabled'], last?.after?.['enabled']], [true, false])
      const actions = (await rows()).map(({ action }) => action)
      for (const action of ['organization.create', 'application.create', 'key.create', 'grant.create'])
        assert.ok(actions.includes(action), action)
    })

    it('is a chain over all of it, and a change of one row shows', async () => {
      const chain = (await rows()).toReversed()
      for (const [index, row] of chain.entries()) {
        assert.equal(row.seq, String(index + 1))
        if (index > 0) assert.equal(row.previousHash, chain[index - 1]?.hash)
      }
      assert.deepEqual((await api.call('GET', '/api/audit/verify')).body, { ok: true, brokenAt: null })
      await api.store.write(async (trx) => void (await trx.updateTable('audit').set({ actor: 'somebody' }).where('seq', '=', 2n).execute()))
      assert.deepEqual((await api.call('GET', '/api/audit/verify')).body, { ok: false, brokenAt: '2' })
    })

    it('has no row for what was refused', async () => {
      const count = (await rows()).length
      await api.call('POST', `/api/grants/${tenant.grant}/reverse`, { body: { amount: '999', reason: 'r' } })
      await api.call('POST', '/api/organizations', { body: { name: 'x', currency: 'EUR' } })
      await api.call('PATCH', '/api/keys/key_none', { body: { enabled: false } })
      assert.equal((await rows()).length, count)
    })

    it('backs up and restores while running', async () => {
      const made = await api.call('POST', '/api/backup', { body: { name: 'b.sqlite' } })
      assert.equal(made.status, 201, made.text)
      const again = await api.call('POST', '/api/backup', { body: { name: 'b.sqlite' } })
      assert.equal(again.status, 409, 'a backup never overwrites a file')
      assert.equal((await api.call('POST', '/api/restore', { body: { file: 'none.sqlite' } })).status, 409)
      const later = await api.call('POST', '/api/organizations', { body: { name: 'later' } })
      const restored = await api.call('POST', '/api/restore', { body: { file: 'b.sqlite' } })
      assert.equal(restored.status, 200, restored.text)
      assert.equal((await api.call('GET', `/api/organizations/${String(later.body.id)}`)).status, 404)
      assert.equal((await api.call('GET', `/api/organizations/${tenant.organization}`)).status, 200)
      for (const file of ['../b.sqlite', '/etc/passwd', '.hidden']) {
        assert.equal((await api.call('POST', '/api/restore', { body: { file } })).status, 400, file)
      }
    })
  })
}

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { startHarness, type Harness } from './support/harness.ts'

for (const kind of KINDS) {
  describe(`tenants on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    before(async () => {
      api = await startHarness(kind)
    })
    after(() => api.close())

    it('creates an organization with a wallet, an application and a key, and shows the key once', async () => {
      const organization = await api.call('POST', '/api/organizations', { body: { name: 'Acme' } })
      assert.equal(organization.status, 201, organization.text)
      const id = String(organization.body.id)
      const balance = await api.call('GET', `/api/organizations/${id}/balance`)
      assert.deepEqual(balance.body, {
        currency: 'USD',
        granted: '0.00',
        expired: '0.00',
        posted: '0.00',
        held: '0.00',
        available: '0.00',
        overdraft: '0.00',
        mode: 'prepaid',
        creditLimit: '0.00',
        spendable: '0.00',
      })
      const application = await api.call('POST', `/api/organizations/${id}/applications`, { body: { name: 'app' } })
      assert.equal(application.status, 201, application.text)
      const path = `/api/applications/${String(application.body.id)}/keys`
      const key = await api.call('POST', path, { body: { name: 'k', models: ['gpt-*'], cap: { amount: '2.50', period: 'day' } } })
      assert.equal(key.status, 201, key.text)
      assert.match(String(key.body.key), /^fg_/)
      const shown = await api.call('GET', `/api/keys/${String(key.body.id)}`)
      assert.equal(shown.body.key, undefined)
      assert.equal(shown.body.lastFour, String(key.body.key).slice(-4))
      assert.deepEqual(shown.body.cap, { amount: '2.50', period: 'day' })
    })

    it("M1: refuses a currency other than the installation's", async () => {
      const answer = await api.call('POST', '/api/organizations', { body: { name: 'x', currency: 'EUR' } })
      assert.equal(answer.status, 400)
      assert.equal(answer.body.code, 'request_invalid')
      assert.equal(answer.body.pointer, '/currency')
    })

    it('makes an organization with the zone, overdraft and caps that it is given', async () => {
      const caps = { cap: { amount: '5.00', period: 'month' }, userCap: { amount: '1.00', period: 'day' } }
      const { body } = await api.call('POST', '/api/organizations', { body: { name: 'n', zone: 'Asia/Tokyo', overdraft: '2.00', ...caps } })
      const path = `/api/organizations/${String(body.id)}`
      const { zone, cap, userCap } = (await api.call('GET', path)).body
      assert.deepEqual({ zone, cap, userCap }, { zone: 'Asia/Tokyo', ...caps })
      assert.equal((await api.call('GET', `${path}/balance`)).body.overdraft, '2.00')
    })

    it('renames, moves the zone and sets an overdraft', async () => {
      const { body } = await api.call('POST', '/api/organizations', { body: { name: 'Old' } })
      const id = String(body.id)
      const answer = await api.call('PATCH', `/api/organizations/${id}`, {
        body: { name: 'New', zone: 'Europe/Berlin', overdraft: '3.00' },
      })
      assert.equal(answer.status, 200, answer.text)
      assert.equal(answer.body.name, 'New')
      const balance = await api.call('GET', `/api/organizations/${id}/balance`)
      assert.equal(balance.body.overdraft, '3.00')
      const refused = await api.call('PATCH', `/api/organizations/${id}`, { body: { zone: 'Mars/Base' } })
      assert.equal(refused.status, 400)
      assert.equal(refused.body.pointer, '/zone')
    })

    it('pages lists from new to old', async () => {
      for (const name of ['a', 'b', 'c']) {
        api.clock.time += 10
        await api.call('POST', '/api/organizations', { body: { name } })
      }
      const first = await api.call('GET', '/api/organizations?limit=2')
      assert.deepEqual(
        (first.body.data as { name: string }[]).map(({ name }) => name),
        ['c', 'b'],
      )
      const second = await api.call('GET', `/api/organizations?limit=2&cursor=${String(first.body.next)}`)
      assert.equal((second.body.data as { name: string }[])[0]?.name, 'a')
    })

    it('changes a key at once, and revokes it for good', async () => {
      const organization = await api.call('POST', '/api/organizations', { body: { name: 'k' } })
      const application = await api.call('POST', `/api/organizations/${String(organization.body.id)}/applications`, { body: { name: 'k' } })
      const key = await api.call('POST', `/api/applications/${String(application.body.id)}/keys`, { body: { name: 'k' } })
      const path = `/api/keys/${String(key.body.id)}`
      const version = await api.store.configurationVersion()
      const patched = await api.call('PATCH', path, { body: { enabled: false, cap: { amount: '1', period: 'month' } } })
      assert.equal(patched.status, 200, patched.text)
      assert.equal(patched.body.state, 'disabled')
      assert.ok((await api.store.configurationVersion()) > version)
      assert.equal(api.deps.snapshot().version, await api.store.configurationVersion())
      assert.equal((await api.call('DELETE', path)).status, 204)
      assert.equal((await api.call('DELETE', path)).status, 204)
      assert.equal((await api.call('GET', path)).body.state, 'revoked')
      assert.equal((await api.call('PATCH', path, { body: { enabled: true } })).status, 409)
    })
  })
}

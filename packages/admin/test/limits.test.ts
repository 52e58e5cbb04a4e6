import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { keyByHash } from '@faregate/store/queries/index'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { startHarness, type Harness } from './support/harness.ts'
import { createTenant, mintToken, type Tenant } from './support/world.ts'

const RATE = { kind: 'requests', amount: 100, per: 'second', burst: 1 }
const TOKENS = { kind: 'tokens', amount: 20_000, per: 'minute', by: 'user' }
const PLACES = { kind: 'concurrency', amount: 5 }

for (const kind of KINDS) {
  describe(`limits on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    let tenant: Tenant
    before(async () => {
      api = await startHarness(kind)
      tenant = await createTenant(api, 'limited')
    })
    after(() => api.close())

    const patch = (path: string, limits: unknown, token?: string) =>
      api.call('PATCH', `/api/${path}`, { body: { limits }, ...(token === undefined ? {} : { token }) })

    it('are made with a key, an application and an organization, are shown, and go to those who decide', async () => {
      const organization = await api.call('POST', '/api/organizations', { body: { name: 'o', limits: [PLACES] } })
      assert.deepEqual(organization.body.limits, [PLACES])
      const path = `/api/organizations/${String(organization.body.id)}/applications`
      const application = await api.call('POST', path, { body: { name: 'a', limits: [TOKENS] } })
      assert.deepEqual(application.body.limits, [TOKENS])
      const key = await api.call('POST', `/api/applications/${String(application.body.id)}/keys`, { body: { name: 'k', limits: [RATE] } })
      assert.deepEqual(key.body.limits, [RATE])
      const entry = await keyByHash(api.store.read, api.deps.hashSecret(String(key.body.key)))
      assert.deepEqual(
        entry?.limits?.map(({ name, terms, bucket }) => [name, terms, bucket.startsWith(`{${String(organization.body.id)}}:`)]),
        [
          ['key-requests-second', RATE, true],
          ['app-tokens-minute-user', TOKENS, true],
          ['org-concurrency', PLACES, true],
        ],
      )
    })

    it('are changed and taken away, with an audit row, and a key without any has none in the way', async () => {
      const version = await api.store.configurationVersion()
      for (const path of [`keys/${tenant.key}`, `applications/${tenant.application}`, `organizations/${tenant.organization}`]) {
        assert.deepEqual((await patch(path, [RATE, PLACES])).body.limits, [RATE, PLACES])
        assert.deepEqual((await api.call('GET', `/api/${path}`)).body.limits, [RATE, PLACES])
        assert.deepEqual((await api.call('PATCH', `/api/${path}`, { body: { name: 'renamed' } })).body.limits, [RATE, PLACES])
        assert.deepEqual((await patch(path, [])).body.limits, [])
      }
      assert.ok((await api.store.configurationVersion()) >= version + 9)
      const { hash } = (await api.store.read.selectFrom('keys').select('hash').where('id', '=', tenant.key).executeTakeFirst()) ?? {
        hash: '',
      }
      assert.equal((await keyByHash(api.store.read, hash))?.limits, undefined)
      const audit = await api.call('GET', '/api/audit?limit=1')
      const [row] = audit.body.data as { before: { limits: unknown }; after: { limits: unknown } }[]
      assert.deepEqual([row?.before.limits, row?.after.limits], [[RATE, PLACES], []])
    })

    it('that cannot be meant are refused, with the place', async () => {
      for (const [limits, pointer] of [
        [[{ kind: 'requests', amount: 0, per: 'second' }], '/limits/0/amount'],
        [[{ kind: 'requests', amount: 1.5, per: 'second' }], '/limits/0/amount'],
        [[{ kind: 'requests', amount: 1, per: 'year' }], '/limits/0/per'],
        [[{ kind: 'concurrency', amount: 1, per: 'day' }], '/limits/0'],
        [[RATE, { ...RATE, amount: 7 }], '/limits/1'],
      ] as const) {
        const answer = await patch(`keys/${tenant.key}`, limits)
        assert.equal(answer.status, 400, answer.text)
        assert.ok(String(answer.body.pointer).startsWith(pointer), answer.text)
      }
      assert.equal((await patch(`keys/${tenant.key}`, [RATE, { ...RATE, by: 'user' }, { ...RATE, per: 'day' }])).status, 200)
    })

    it('of an organization are not lifted by its own tokens, those of its applications and keys are', async () => {
      const token = await mintToken(api, ['organizations:write', 'applications:write', 'keys:write'], tenant.organization)
      const refused = await patch(`organizations/${tenant.organization}`, [], token)
      assert.equal(refused.status, 403)
      assert.deepEqual(refused.body.required, ['organizations:create'])
      assert.equal((await patch(`applications/${tenant.application}`, [], token)).status, 200)
      assert.equal((await patch(`keys/${tenant.key}`, [], token)).status, 200)
    })
  })
}

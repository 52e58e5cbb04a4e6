import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { KINDS, skipOf } from '../../store/test/databases.ts'
import { startHarness, type Harness } from './support/harness.ts'
import { createTenant, mintToken, recordOf, type Tenant } from './support/world.ts'

const DAY = 86_400_000

interface Total {
  at: string
  provider: string
  calls: number
  cost: string | null
  buckets: Record<string, number>
}

for (const kind of KINDS) {
  describe(`what was used at each provider, on ${kind}`, { skip: skipOf(kind) }, () => {
    let api: Harness
    let acme: Tenant
    before(async () => {
      api = await startHarness(kind)
      acme = await createTenant(api, 'acme')
      await createTenant(api, 'other')
      api.store.records.request(recordOf({ id: 'req_before', at: api.clock.now() - DAY, providerCost: null }))
    })
    after(() => api.close())

    const usage = async (query = '', options: object = {}) => {
      const answer = await api.call('GET', `/api/usage/providers${query}`, options)
      assert.equal(answer.status, 200, answer.text)
      return answer.body as { currency: string; from: string; to: string; data: Total[] }
    }

    it('is told by day, provider and model, with what the provider is owed', async () => {
      const { data, ...rest } = await usage()
      assert.deepEqual(rest, { currency: 'USD', from: '2026-10-24T00:00:00.000Z', to: '2026-11-23T00:00:00.000Z' })
      const common = { provider: 'file-provider', model: 'gpt-5-nano', estimated: 0 }
      assert.deepEqual(data, [
        { ...common, at: '2026-11-21T00:00:00.000Z', calls: 1, used: 1, unpriced: 1, buckets: { input: 10, output: 5 }, cost: null },
        { ...common, at: '2026-11-22T00:00:00.000Z', calls: 2, used: 2, unpriced: 0, buckets: { input: 20, output: 10 }, cost: '0.80' },
      ])
    })

    it('is narrowed by time, provider and organization; by the hour where asked', async () => {
      assert.equal((await usage('?from=2026-11-22')).data.length, 1)
      assert.equal((await usage('?to=2026-11-22')).data[0]?.at, '2026-11-21T00:00:00.000Z')
      assert.deepEqual((await usage('?provider=nobody')).data, [])
      assert.equal((await usage(`?organization=${acme.organization}`)).data[0]?.calls, 1)
      assert.equal((await usage('?from=2026-11-22T13:00:00Z&to=2026-11-22T14:00:00Z&by=hour')).data[0]?.at, '2026-11-22T13:00:00.000Z')
    })

    it('a token that is bound to an organization sees its own', async () => {
      const token = await mintToken(api, ['usage:read'], acme.organization)
      const { data } = await usage('', { token })
      assert.deepEqual(
        data.map(({ calls }) => calls),
        [1],
      )
    })

    it('more than a year at once is refused by name', async () => {
      const answer = await api.call('GET', '/api/usage/providers?from=2024-01-01&to=2026-01-01')
      assert.deepEqual([answer.status, answer.body.pointer], [400, '/from'])
      assert.equal((await api.call('GET', '/api/usage/providers?by=minute')).status, 400)
    })
  })
}

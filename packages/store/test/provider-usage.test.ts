import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ProviderTotal } from '@faregate/admin'
import type { AttemptRecord } from '@faregate/gateway/record'
import { createAdminStore } from '../src/queries/index.ts'
import { freshStoreFor, KINDS, skipOf } from './databases.ts'
import { requestRecord } from './fixtures.ts'

const DAY = 86_400_000
const FIRST = Date.UTC(2026, 10, 21)

const attempt = (more: Partial<AttemptRecord> = {}): AttemptRecord => ({
  provider: 'openai',
  model: 'gpt-5-nano',
  status: 200,
  outcome: 'served',
  error: null,
  buckets: { input: 10, output: 5 },
  latencyMs: 1,
  ttftMs: null,
  ...more,
})
const failed = (more: Partial<AttemptRecord> = {}): AttemptRecord => attempt({ outcome: 'failed', status: 500, buckets: {}, ...more })

const RECORDS = [
  requestRecord('req_1', { at: FIRST, providerCost: 100n, attempts: [attempt()] }),
  requestRecord('req_2', {
    at: FIRST + DAY - 1,
    providerCost: 50n,
    estimated: true,
    attempts: [attempt({ buckets: { input: 1, cacheRead: 4 } })],
  }),
  // Counted where it was called: the failure at one provider, the use at the other, and what is owed there.
  requestRecord('req_3', {
    at: FIRST + DAY,
    providerCost: 7n,
    attempts: [failed(), attempt({ provider: 'other', model: 'x/y', buckets: { output: 2 } })],
  }),
  requestRecord('req_4', { at: FIRST + DAY, providerCost: null, attempts: [attempt({ buckets: { image: 3 } })], organization: 'org_2' }),
  requestRecord('req_5', {
    at: FIRST + DAY + 3_600_000,
    providerCost: 9n,
    attempts: [attempt({ outcome: 'partial', buckets: { input: 2 } }), failed({ provider: 'other', model: 'x/y' })],
  }),
  requestRecord('req_6', { at: FIRST + DAY, providerCost: 0n, attempts: [] }),
]

const total = (more: Partial<ProviderTotal>): ProviderTotal => ({
  at: FIRST,
  provider: 'openai',
  model: 'gpt-5-nano',
  calls: 1,
  used: 1,
  estimated: 0,
  unpriced: 0,
  buckets: {},
  cost: null,
  ...more,
})

for (const kind of KINDS) {
  describe(`what was used at providers, on ${kind}`, { skip: skipOf(kind) }, () => {
    it('is counted by attempts, each where and when it was made', async (t) => {
      const { store } = await freshStoreFor(t, kind)
      for (const record of RECORDS) store.records.request(record)
      await store.records.flush()
      const usage = createAdminStore(store, () => 0).read.requests.providerUsage
      const other = { provider: 'other', model: 'x/y', at: FIRST + DAY }
      assert.deepEqual(await usage({ from: FIRST, to: FIRST + 2 * DAY }, 'day'), [
        total({ calls: 2, used: 2, estimated: 1, buckets: { input: 11, cacheRead: 4, output: 5 }, cost: 150n }),
        total({ at: FIRST + DAY, calls: 3, used: 2, unpriced: 1, buckets: { input: 2, image: 3 }, cost: 9n }),
        total({ ...other, calls: 2, used: 1, buckets: { output: 2 }, cost: 7n }),
      ])
    })

    it('is narrowed by provider, organization and time, and told by the hour', async (t) => {
      const { store } = await freshStoreFor(t, kind)
      for (const record of RECORDS) store.records.request(record)
      await store.records.flush()
      const usage = createAdminStore(store, () => 0).read.requests.providerUsage
      const all = { from: FIRST, to: FIRST + 2 * DAY }
      const names = async (...args: Parameters<typeof usage>) =>
        (await usage(...args)).map(({ at, provider, calls }) => `${(at - FIRST) / 3_600_000} ${provider} ${calls}`)
      assert.deepEqual(await names({ ...all, provider: 'other' }, 'hour'), ['24 other 1', '25 other 1'])
      assert.deepEqual(await names({ ...all, provider: 'openai' }, 'hour'), ['0 openai 1', '23 openai 1', '24 openai 2', '25 openai 1'])
      assert.deepEqual(await names({ ...all, organization: 'org_2' }, 'day'), ['24 openai 1'])
      assert.deepEqual(await names({ ...all, to: FIRST + DAY }, 'day'), ['0 openai 2'])
    })

    it('names of models that no database takes as text do not break it', async (t) => {
      const { store, place } = await freshStoreFor(t, kind)
      store.records.request(requestRecord('req_1', { at: FIRST, attempts: [attempt({ model: 'a\u0000b\ud800' })] }))
      store.records.request(requestRecord('req_2', { at: FIRST, attempts: [attempt()] }))
      store.records.request(requestRecord('req_3', { at: FIRST, attempts: [attempt()] }))
      await store.records.flush()
      const { read } = createAdminStore(store, () => 0)
      const models = async () => (await read.requests.providerUsage({ from: FIRST, to: FIRST + DAY }, 'day')).map(({ model }) => model)
      assert.deepEqual(await models(), ['ab\ufffd', 'gpt-5-nano'])
      await place.run(`UPDATE requests SET attempts = replace(attempts, 'gpt-5-nano', ?) WHERE id = 'req_3'`, ['old\\u0000\\ud800'])
      assert.ok((await models()).includes('gpt-5-nano'))
    })
  })
}

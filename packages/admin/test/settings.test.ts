import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { parse } from 'yaml'
import { startHarness, type Harness } from './support/harness.ts'
import { mintToken } from './support/world.ts'

const DEFAULT = { source: 'default' }
const DATABASE = { source: 'database' }

describe('settings at run time', () => {
  let api: Harness
  before(async () => {
    api = await startHarness()
  })
  after(() => api.close())

  const patch = (body: unknown) => api.call('PATCH', '/api/settings', { body })

  it('GET shows each with its value and where that comes from', async () => {
    const answer = await api.call('GET', '/api/settings')
    assert.equal(answer.status, 200, answer.text)
    assert.deepEqual(answer.body, {
      allModels: { value: false, managedBy: DEFAULT },
      publicUrl: { value: 'https://gateway.example', managedBy: { source: 'environment', variable: 'FAREGATE_PUBLIC_URL' } },
      billing: {
        topUpUrl: { value: null, managedBy: DEFAULT },
        contact: { value: 'billing@example.com', managedBy: { source: 'file', file: 'faregate.yaml', line: 7 } },
        seller: {
          name: { value: null, managedBy: DEFAULT },
          address: { value: null, managedBy: DEFAULT },
          taxNumber: { value: null, managedBy: DEFAULT },
        },
        dueDays: { value: 14, managedBy: DEFAULT },
      },
      sliceTokens: { value: 1_024, managedBy: DEFAULT },
      maxOutputWhenAbsent: { value: 16_384, managedBy: DEFAULT },
      cors: { origins: { value: ['*'], managedBy: DEFAULT } },
      prices: { approveAbove: { value: 0.1, managedBy: DEFAULT } },
    })
  })

  it('PATCH changes what is named and no more, is in force when it answers, and moves the version', async () => {
    const { version } = api.deps.snapshot()
    const changes = {
      allModels: true,
      billing: { topUpUrl: 'https://pay.example/' },
      sliceTokens: 8,
      cors: { origins: ['https://a.example'] },
    }
    const answer = await patch(changes)
    assert.equal(answer.status, 200, answer.text)
    assert.deepEqual(answer.body, (await api.call('GET', '/api/settings')).body)
    assert.deepEqual(answer.body.allModels, { value: true, managedBy: DATABASE })
    assert.deepEqual(answer.body.sliceTokens, { value: 8, managedBy: DATABASE })
    assert.deepEqual(answer.body.maxOutputWhenAbsent, { value: 16_384, managedBy: DEFAULT })
    assert.deepEqual(answer.body.cors, { origins: { value: ['https://a.example'], managedBy: DATABASE } })
    assert.ok(api.deps.snapshot().version > version)
    const instance = await api.call('GET', '/api/instance')
    assert.deepEqual(instance.body.billing, { topUpUrl: 'https://pay.example/', contact: 'billing@example.com', rail: 'test' })
  })

  it('the export holds what the database sets, as the file would', async () => {
    assert.deepEqual(parse(String((await api.call('GET', '/api/export')).body.yaml)), {
      allModels: true,
      billing: { topUpUrl: 'https://pay.example/' },
      sliceTokens: 8,
      cors: { origins: ['https://a.example'] },
    })
  })

  it('each change is in the audit, with what was and what is', async () => {
    await patch({ sliceTokens: 16, maxOutputWhenAbsent: 100 })
    const { data } = (await api.call('GET', '/api/audit?subject=settings')).body as { data: Record<string, unknown>[] }
    const { action, before: was, after: is } = data[0] ?? {}
    assert.deepEqual(
      [action, was, is],
      ['settings.update', { sliceTokens: 8, maxOutputWhenAbsent: null }, { sliceTokens: 16, maxOutputWhenAbsent: 100 }],
    )
  })

  it('null takes a member back to its default', async () => {
    const answer = await patch({
      allModels: null,
      billing: { topUpUrl: null },
      sliceTokens: null,
      maxOutputWhenAbsent: null,
      cors: { origins: null },
    })
    assert.deepEqual(answer.body.sliceTokens, { value: 1_024, managedBy: DEFAULT })
    assert.deepEqual(answer.body.allModels, { value: false, managedBy: DEFAULT })
    assert.deepEqual(answer.body.cors, { origins: { value: ['*'], managedBy: DEFAULT } })
    assert.match(String((await api.call('GET', '/api/export')).body.yaml), /defines nothing/)
  })

  it('what the file or the environment defines is read-only, and nothing beside it is changed then', async () => {
    for (const contact of ['other@example.com', null]) {
      const file = await patch({ sliceTokens: 99, billing: { contact } })
      assert.deepEqual([file.status, file.body.code, file.body.file, file.body.line], [409, 'managed_by_file', 'faregate.yaml', 7])
      assert.match(String(file.body.detail), /"billing\.contact"/)
    }
    const environment = await patch({ publicUrl: 'https://other.example' })
    assert.deepEqual(
      [environment.status, environment.body.code, environment.body.variable],
      [409, 'managed_by_environment', 'FAREGATE_PUBLIC_URL'],
    )
    assert.deepEqual((await api.call('GET', '/api/settings')).body.sliceTokens, { value: 1_024, managedBy: DEFAULT })
  })

  it('refuses by pointer what the file would refuse, and what is needed to start', async () => {
    for (const [body, pointer] of [
      [{ sliceTokens: 0 }, '/sliceTokens'],
      [{ maxOutputWhenAbsent: '5' }, '/maxOutputWhenAbsent'],
      [{ allModels: 'yes' }, '/allModels'],
      [{ billing: { topUpUrl: 'javascript:alert(1)' } }, '/billing/topUpUrl'],
      [{ publicUrl: 'https://a.example/?x' }, '/publicUrl'],
      [{ cors: { origins: [''] } }, '/cors/origins/0'],
      [{ prices: { approveAbove: -0.1 } }, '/prices/approveAbove'],
      [{ billing: { currency: 'EUR' } }, '/billing/currency'],
      [{ limits: { bodyBytes: 5_000 } }, '/limits'],
    ] as const) {
      const answer = await patch(body)
      assert.equal(answer.status, 400, answer.text)
      assert.equal(answer.body.pointer, pointer)
    }
  })

  it('changing takes settings:write; reading takes settings:read', async () => {
    const reader = await mintToken(api, ['settings:read'])
    assert.equal((await api.call('GET', '/api/settings', { token: reader })).status, 200)
    const refused = await api.call('PATCH', '/api/settings', { token: reader, body: { sliceTokens: 8 } })
    assert.deepEqual([refused.status, refused.body.required], [403, ['settings:write']])
  })
})

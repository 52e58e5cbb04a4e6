import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { parse } from 'yaml'
import { startHarness, type Harness } from './support/harness.ts'

const SECRET = 'sk-live-1234567890-abcd'

describe('providers, models and prices at run time', () => {
  let api: Harness
  before(async () => {
    api = await startHarness()
  })
  after(() => api.close())

  it('connects a provider without a restart: sealed in the database, usable in the configuration in force', async () => {
    const answer = await api.call('POST', '/api/providers', { body: { name: 'eu', kind: 'openai', apiKey: SECRET } })
    assert.equal(answer.status, 201, answer.text)
    assert.equal(answer.body.baseUrl, 'https://api.openai.com/v1')
    assert.deepEqual(
      (answer.body.keys as { lastFour: string }[]).map(({ lastFour }) => lastFour),
      ['abcd'],
    )
    assert.equal(api.deps.snapshot().providers.get('eu')?.keys[0]?.secret, SECRET)
    const stored = await api.store.read.selectFrom('providers').selectAll().executeTakeFirstOrThrow()
    assert.ok(!stored.keys_sealed.includes(SECRET))
  })

  it("takes a server of one's own without a key, and as one with a key once it has one", async () => {
    const local = { name: 'local', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:1/v1' }
    assert.equal((await api.call('POST', '/api/providers', { body: local })).body.keyless, true)
    assert.equal((await api.call('PATCH', '/api/providers/local', { body: { apiKey: SECRET } })).body.keyless, false)
    assert.equal((await api.call('DELETE', '/api/providers/local')).status, 204)
  })

  it('replaces keys and address, and removes what nothing uses', async () => {
    const keys = [
      { key: 'sk-first-1234567890', weight: 3 },
      { key: 'sk-second-1234567890', priority: 1 },
    ]
    const patched = await api.call('PATCH', '/api/providers/eu', { body: { keys, baseUrl: 'https://eu.example/v1/' } })
    assert.equal(patched.status, 200, patched.text)
    assert.equal(patched.body.baseUrl, 'https://eu.example/v1')
    const entry = api.deps.snapshot().providers.get('eu')
    assert.deepEqual(
      entry?.keys.map(({ secret, weight, priority }) => [secret, weight, priority]),
      [
        ['sk-first-1234567890', 3, 0],
        ['sk-second-1234567890', 1, 1],
      ],
    )
    await api.call('POST', '/api/models', { body: { name: 'm', deployments: [{ provider: 'eu', model: 'm' }] } })
    const used = await api.call('DELETE', '/api/providers/eu')
    assert.equal(used.status, 409)
    assert.match(String(used.body.detail), /still serves m/)
    assert.equal((await api.call('DELETE', '/api/models/m')).status, 204)
    assert.equal((await api.call('DELETE', '/api/providers/eu')).status, 204)
    assert.equal(api.deps.snapshot().providers.has('eu'), false)
  })

  it('refuses kinds, addresses and references that cannot work, by pointer', async () => {
    for (const [path, body, pointer] of [
      ['/api/providers', { name: 'a', kind: 'nonsense' }, '/kind'],
      ['/api/providers', { name: 'a', kind: 'openai-compatible' }, '/baseUrl'],
      ['/api/providers', { name: 'a', kind: 'openai', baseUrl: 'ftp://x' }, '/baseUrl'],
      ['/api/providers', { name: 'a', kind: 'openai', baseUrl: 'https://user:secret@x.example' }, '/baseUrl'],
      ['/api/providers', { name: 'a/b', kind: 'openai' }, '/name'],
      ['/api/providers', { name: 'a', kind: 'openai', apiKey: 'x', keys: [{ key: 'y' }] }, '/keys'],
      ['/api/models', { name: 'm', deployments: [{ provider: 'nobody', model: 'm' }] }, '/deployments/0/provider'],
      ['/api/models', { name: 'm', deployments: [{ provider: 'file-provider', model: 'm' }], price: { input: 0.05 } }, '/price/input'],
      ['/api/models', { name: 'm', deployments: [{ provider: 'file-provider', model: 'm' }], price: { inputs: '1' } }, '/price/inputs'],
      ['/api/models', { name: 'm', deployments: [{ provider: 'file-provider', model: 'm' }], price: {} }, '/price'],
      ['/api/prices', { provider: 'nobody', model: 'm', price: { input: '1' } }, '/provider'],
    ] as const) {
      const answer = await api.call('POST', path, { body })
      assert.equal(answer.status, 400, answer.text)
      assert.equal(answer.body.pointer, pointer)
    }
  })

  it('what the file defines is read-only: 409 with file and line; what the environment defines likewise', async () => {
    for (const [method, path, body] of [
      ['PATCH', '/api/providers/file-provider', { baseUrl: 'https://x.example' }],
      ['DELETE', '/api/providers/file-provider', undefined],
      ['POST', '/api/providers', { name: 'file-provider', kind: 'openai' }],
      ['PATCH', '/api/models/file-model', { maxOutput: 1 }],
      ['DELETE', '/api/models/file-model', undefined],
      ['POST', '/api/models', { name: 'file-model', deployments: [{ provider: 'file-provider', model: 'm' }] }],
      ['PATCH', '/api/prices/priced-model', { price: { input: '1' } }],
      ['DELETE', '/api/prices/priced-model', undefined],
    ] as const) {
      const answer = await api.call(method, path, { body })
      assert.equal(answer.status, 409, `${method} ${path}: ${answer.text}`)
      assert.deepEqual([answer.body.code, answer.body.file, answer.body.line], ['managed_by_file', 'faregate.yaml', 7])
    }
    const environment = await api.call('DELETE', '/api/providers/openai')
    assert.deepEqual(
      [environment.status, environment.body.code, environment.body.variable],
      [409, 'managed_by_environment', 'OPENAI_API_KEY'],
    )
  })

  it('adds a model, changes it, takes members away with null', async () => {
    const body = {
      name: 'nano',
      deployments: [{ provider: 'file-provider', model: 'gpt-5-nano' }],
      price: { input: '1', output: '2' },
      maxOutput: 100,
    }
    assert.equal((await api.call('POST', '/api/models', { body })).status, 201)
    assert.equal((await api.call('POST', '/api/models', { body })).status, 409)
    assert.deepEqual(api.deps.snapshot().models.get('nano')?.price, { input: '1', output: '2' })
    const patched = await api.call('PATCH', '/api/models/nano', { body: { price: null, sliceTokens: 8 } })
    assert.deepEqual([patched.body.price, patched.body.maxOutput, patched.body.sliceTokens], [null, 100, 8])
    const entry = api.deps.snapshot().models.get('nano')
    assert.equal(entry !== undefined && 'price' in entry, false)
  })

  it("lists the prices in force, overridden ones before the catalogue's", async () => {
    const names = async () =>
      (await api.call('GET', '/api/prices')).body.data as { name: string; managedBy: { source: string }; price: unknown }[]
    const catalogue = (await names()).find(({ name }) => name === 'file-provider/gpt-5-nano')
    assert.equal(catalogue?.managedBy.source, 'catalogue')
    const made = await api.call('POST', '/api/prices', { body: { provider: 'file-provider', model: 'gpt-5-nano', price: { input: '9' } } })
    assert.equal(made.status, 201, made.text)
    const overridden = (await names()).filter(({ name }) => name === 'file-provider/gpt-5-nano')
    assert.deepEqual(
      overridden.map(({ managedBy, price }) => [managedBy.source, price]),
      [['database', { input: '9' }]],
    )
    const path = `/api/prices/${encodeURIComponent('file-provider/gpt-5-nano')}`
    api.clock.time += 1_000
    const patched = await api.call('PATCH', path, { body: { price: { input: '8' } } })
    assert.notEqual(patched.body.version, made.body.version)
    assert.equal((await api.call('DELETE', path)).status, 204)
    assert.equal((await api.call('PATCH', path, { body: { price: { input: '8' } } })).status, 404)
  })

  it('exports what the database defines as members of the file, without secrets', async () => {
    await api.call('POST', '/api/providers', { body: { name: 'my-own', kind: 'openai', apiKey: SECRET } })
    await api.call('POST', '/api/prices', { body: { provider: 'file-provider', model: 'other', price: { input: '7' } } })
    const { body } = await api.call('GET', '/api/export')
    assert.ok(!String(body.yaml).includes(SECRET))
    assert.deepEqual(parse(String(body.yaml)), {
      providers: [{ name: 'my-own', kind: 'openai', baseUrl: 'https://api.openai.com/v1', apiKey: '${MY_OWN_KEY}' }],
      models: {
        nano: { deployments: [{ provider: 'file-provider', model: 'gpt-5-nano', weight: 1 }], maxOutput: 100, sliceTokens: 8 },
        'file-provider/other': { deployments: [{ provider: 'file-provider', model: 'other', weight: 1 }], price: { input: '7' } },
      },
    })
  })

  it('tells version, uptime and providers', async () => {
    const { body } = await api.call('GET', '/api/instance')
    assert.equal(body.version, '1.2.3')
    assert.ok(Number(body.uptimeSeconds) >= 5)
    assert.ok((body.providers as { name: string }[]).some(({ name }) => name === 'file-provider'))
  })
})

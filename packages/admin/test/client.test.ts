import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { ApiError, createClient, type Client } from '@faregate/contract'
import { OPERATOR_TOKEN, startHarness, type Harness } from './support/harness.ts'

describe("the contract's client against the management API", () => {
  let api: Harness
  let client: Client
  before(async () => {
    api = await startHarness()
    await api.app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = api.app.server.address() as AddressInfo
    client = createClient({ baseUrl: `http://127.0.0.1:${port}`, token: OPERATOR_TOKEN })
  })
  after(() => api.close())

  it('creates an organization with a key and credit, and reads the balance', async () => {
    const { id } = await client.createOrganization({ body: { name: 'Acme' } })
    const application = await client.createApplication({ params: { id }, body: { name: 'app' } })
    const { key } = await client.createKey({ params: { id: application.id }, body: { name: 'key' } })
    assert.match(String(key), /^fg_/)
    await client.createGrant({ params: { id }, body: { amount: '5.00', reason: 'start' }, idempotencyKey: 'g' })
    const { available } = await client.getBalance({ params: { id } })
    assert.equal(available, '5.00')
    assert.equal((await client.verifyLedger({})).ok, true)
  })

  it('carries names with a slash', async () => {
    await client.createPrice({ body: { provider: 'openai', model: 'vendor/model', price: { input: '1' } } })
    assert.equal((await client.getPrice({ params: { name: 'openai/vendor/model' } })).model, 'vendor/model')
    assert.equal(await client.deletePrice({ params: { name: 'openai/vendor/model' } }), undefined)
  })

  it('throws the problem', async () => {
    await assert.rejects(
      client.getKey({ params: { id: 'key_none' } }),
      (error) => error instanceof ApiError && error.problem.code === 'not_found',
    )
  })
})

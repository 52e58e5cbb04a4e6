import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { answer, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { header, json } from '../support/http.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { gate } from '../support/wait.ts'

describe('corrections of money', () => {
  let upstream: Upstream
  let gateway: Gateway

  before(async () => {
    upstream = await startUpstream()
    upstream.on('plain', answer(usage(0, 10)))
    gateway = await startGateway({ config: configuration(upstream, { plain: { price: { input: '0', output: '1000' } } }) })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  /** A customer with 1.00 who was charged 0.01 for one request. */
  async function charged(): Promise<Customer & { request: string }> {
    const customer = await gateway.customer('1.00')
    const result = await gateway.chat(customer.key, { model: 'plain', max_tokens: 10, messages: say() })
    const request = header(result, 'x-request-id') ?? ''
    await gateway.api.record(request)
    return { ...customer, request }
  }

  async function available(organization: string): Promise<bigint> {
    return nano((await assertSettled(gateway.api, organization)).available)
  }

  test('M9: refunds of a request add up to its charge at most', async () => {
    const { organization, request } = await charged()
    const refund = (amount?: string) =>
      gateway.api.call('POST', `/api/requests/${request}/refund`, { reason: 'test', ...(amount === undefined ? {} : { amount }) })
    assert.equal((await refund('0.004')).status, 201)
    assert.equal(await available(organization), 994_000_000n)
    assert.equal((await refund('0.007')).status, 409)
    assert.equal(await available(organization), 994_000_000n)
    assert.equal((await refund()).status, 201)
    assert.equal(await available(organization), 1_000_000_000n)
    assert.equal((await refund('0.000000001')).status, 409)
  })

  test('M9: a request that was not charged cannot be refunded', async () => {
    const customer = await gateway.customer('0.001')
    const refused = await gateway.chat(customer.key, { model: 'plain', max_tokens: 10, messages: say() })
    assert.equal(refused.status, 402)
    const again = await gateway.api.call('POST', `/api/requests/${header(refused, 'x-request-id')}/refund`, { reason: 'test' })
    assert.ok([404, 409].includes(again.status), again.text)
    assert.equal(await available(customer.organization), 1_000_000n)
  })

  test('M9: a refund gives back what a cap of the running period had counted', async () => {
    const customer = await gateway.customer('1.00', { cap: { amount: '0.01', period: 'day' } })
    const body = { model: 'plain', max_tokens: 10, messages: say() }
    const first = await gateway.chat(customer.key, body)
    assert.equal((await gateway.chat(customer.key, body)).status, 403)
    await gateway.api.record(header(first, 'x-request-id') ?? '')
    await gateway.api.expect(201, 'POST', `/api/requests/${header(first, 'x-request-id')}/refund`, { reason: 'test' })
    assert.equal((await gateway.chat(customer.key, body)).status, 200)
  })

  test('M7: a grant is reversed up to what is unspent and unheld, and no further', async () => {
    const organization = await gateway.api.organization('Reversed')
    const application = await gateway.api.application(organization, 'app')
    const { key } = await gateway.api.key(application)
    const grant = await gateway.api.grant(organization, '0.03')
    const release = gate()
    upstream.on('plain', answer(usage(0, 10), { after: release.promise }))
    const called = gate()
    upstream.onCall = () => called.open()
    const running = gateway.chat(key, { model: 'plain', max_tokens: 10, messages: say() })
    await called.promise
    upstream.onCall = undefined
    const reverse = (amount?: string) =>
      gateway.api.call('POST', `/api/grants/${grant}/reverse`, { reason: 'test', ...(amount === undefined ? {} : { amount }) })
    assert.equal((await reverse('0.025')).status, 409)
    assert.equal((await reverse('0.015')).status, 201)
    release.open()
    assert.equal((await running).status, 200)
    upstream.on('plain', answer(usage(0, 10)))
    assert.equal((await reverse()).status, 201)
    assert.equal(await available(organization), 0n)
    assert.equal((await reverse('0.000000001')).status, 409)
  })

  test('a grant sent again with its Idempotency-Key grants once, also after a kill', async () => {
    const organization = await gateway.api.organization('Retried')
    const path = `/api/organizations/${organization}/grants`
    const send = () =>
      gateway.api.expect<{ id: string }>(201, 'POST', path, { amount: '2.50', reason: 'paid' }, { 'idempotency-key': 'payment-1' })
    const [first, second] = [await send(), await send()]
    assert.equal(second.id, first.id)
    await gateway.kill('SIGKILL')
    await gateway.start()
    assert.equal((await send()).id, first.id)
    assert.equal(await available(organization), 2_500_000_000n)
  })

  test('a key that is created again with its Idempotency-Key is the same key, and is not shown again', async () => {
    const application = await gateway.api.application(await gateway.api.organization('Keys'), 'app')
    const make = () =>
      gateway.api.expect<{ id: string; key?: string }>(
        201,
        'POST',
        `/api/applications/${application}/keys`,
        { name: 'k' },
        { 'idempotency-key': 'key-1' },
      )
    const [first, second] = [await make(), await make()]
    assert.equal(second.id, first.id)
    assert.match(first.key ?? '', /^fg_/)
    assert.equal(second.key, undefined)
  })

  test('M1: amounts are decimal strings greater than zero; anything else is refused by name', async () => {
    const path = `/api/organizations/${await gateway.api.organization('Amounts')}/grants`
    for (const amount of [5, 0.1, '0', '0.000', '-1', '1e3', '5.0000000001', '1234567890', ' 5', '', null, true]) {
      const result = await gateway.api.call('POST', path, { amount, reason: 'test' })
      assert.equal(result.status, 400, `${JSON.stringify(amount)}: ${result.text}`)
      assert.equal(json(result)['pointer'], '/amount')
    }
    assert.match((await gateway.api.call('POST', path, { amount: 5, reason: 'test' })).text, /send \\"5\.00\\" as a string/)
    assert.equal((await gateway.api.call('POST', '/api/organizations', { name: 'Foreign', currency: 'EUR' })).status, 400)
  })

  test('M7: credit that has expired gives nothing to a new hold', async () => {
    const customer = await gateway.customer()
    await gateway.api.grant(customer.organization, '1.00', { expiresAt: new Date(Date.now() + 1_500).toISOString() })
    const body = { model: 'plain', max_tokens: 10, messages: say() }
    assert.equal((await gateway.chat(customer.key, body)).status, 200)
    await new Promise((resolve) => setTimeout(resolve, 1_600))
    assert.equal((await gateway.chat(customer.key, body)).status, 402)
  })
})

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { actAs } from '../support/act-as.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { json, send, type Answer } from '../support/http.ts'
import { eventually } from '../support/wait.ts'
import { carryOutFirst } from './carry-out.ts'
import { payAsTold } from './cases-payments.ts'
import { fixesOf, startWorld, type World } from './world.ts'

describe('a change of plan that the balance does not reach for', () => {
  let world: World
  before(async () => {
    world = await startWorld()
    for (const { api } of [world.gateway, (await world.paying()).gateway]) {
      await api.expect(201, 'POST', '/api/plans', { name: 'basic', price: '0', period: 'free', models: ['plain'] })
      await api.expect(201, 'POST', '/api/plans', { name: 'pro', price: '6.00', period: 'month', models: ['plain'] })
    }
  })
  after(() => world?.stop())

  /** A customer on the free plan, whose billing admin wants the other one. */
  async function wanting(gateway: Gateway): Promise<{ customer: Customer; change: () => Promise<Answer> }> {
    const customer = await gateway.customer('0.50')
    const path = `/api/organizations/${customer.organization}/subscriptions`
    const { id } = await gateway.api.expect<{ id: string }>(201, 'POST', path, { plan: 'basic' })
    const headers = { authorization: `Bearer ${await actAs('billing_admin', gateway, customer)}` }
    const change = () => send(`${gateway.url}/api/subscriptions/${id}/plan`, { method: 'POST', headers, body: { plan: 'pro' } })
    return { customer, change }
  }

  async function refusedOnce(change: () => Promise<Answer>): Promise<Answer> {
    const refused = await change()
    assert.deepEqual([refused.status, json(refused)['code']], [402, 'insufficient_balance'], refused.text)
    return refused
  }

  test('names the operator where no payment rail is connected, and goes through once he has granted it', async () => {
    const { customer, change } = await wanting(world.gateway)
    const refused = await refusedOnce(change)
    const [fix] = fixesOf(refused)
    assert.deepEqual([fix?.action, fix?.by, fix?.['url']], ['grant', 'operator', undefined])
    await carryOutFirst({ gateway: world.gateway, customer }, refused)
    assert.equal((await change()).status, 201)
  })

  test('leads to the page of the payment rail that is connected, and goes through once that was paid', async () => {
    const paying = await world.paying()
    const { change } = await wanting(paying.gateway)
    const refused = await refusedOnce(change)
    const [fix] = fixesOf(refused)
    assert.deepEqual([fix?.action, fix?.by, fix?.canYou, fix?.['minAmount']], ['top_up', 'billing_admin', true, '6.00'])
    await payAsTold(paying, refused, 'amount=6.00')
    await eventually(async () => assert.equal((await change()).status, 201))
  })
})

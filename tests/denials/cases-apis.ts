import assert from 'node:assert/strict'
import { nano } from '../support/decimal.ts'
import { json } from '../support/http.ts'
import type { Behaviour } from '../support/upstream.ts'
import { eventually, gate } from '../support/wait.ts'
import { carryOutFirst, waitAsTold } from './carry-out.ts'
import { getter } from './world.ts'
import type { Case } from './world.ts'

/** Refusals of a priced GET of a published API: what they say, and that their first fix works. */
export const API_CASES: Record<string, Case> = {
  async insufficient_balance(world) {
    const customer = await world.gateway.customer('0.009999999')
    const call = getter(world, customer)
    const refused = await call()
    assert.match(String(json(refused)['detail']), /Acme's balance is 0\.009999999 USD; this request may cost up to 0\.01 USD/)
    assert.equal(json(refused)['affordable'], undefined)
    return { answer: refused, customer, mend: () => carryOutFirst({ gateway: world.gateway, customer }, refused).then(call) }
  },

  async cap_key(world) {
    const customer = await world.gateway.customer('1.00', { cap: { amount: '0.005', period: 'day' } })
    const call = getter(world, customer)
    const refused = await call()
    const body = { cap: { amount: '1.00', period: 'day' } }
    return { answer: refused, customer, mend: () => carryOutFirst({ gateway: world.gateway, customer }, refused, { body }).then(call) }
  },

  async balance_reserved(world) {
    const customer = await world.gateway.customer('0.01')
    const call = getter(world, customer)
    const release = gate()
    // What is not answered costs nothing, so that waiting for it is enough.
    const fails: Behaviour = ({ response }) => response.writeHead(500).end('{}')
    const serves: Behaviour = ({ response }) => response.writeHead(200).end('{}')
    world.upstream.on('', (exchange) => release.promise.then(() => fails(exchange)), serves)
    const running = call()
    await eventually(async () => assert.ok(nano((await world.gateway.api.balance(customer.organization)).held) > 0n))
    const refused = await call()
    release.open()
    assert.equal((await running).status, 502)
    return { answer: refused, customer, mend: () => waitAsTold(refused).then(call) }
  },

  async permission_denied(world) {
    const customer = await world.gateway.customer('1.00')
    await world.gateway.api.expect(200, 'PATCH', `/api/keys/${customer.keyId}`, { apis: ['maps'] })
    const call = getter(world, customer)
    const refused = await call()
    assert.deepEqual([json(refused)['required'], json(refused)['granted']], [['api:weather'], ['api:maps']])
    return { answer: refused, customer, mend: () => carryOutFirst({ gateway: world.gateway, customer }, refused).then(call) }
  },

  async subscription_required(world) {
    const plan = { name: 'forecasts', price: '0.10', period: 'month', apis: ['metered'], exclusive: true }
    const api = { name: 'metered', prefix: '/metered', upstream: { baseUrl: world.upstream.url } }
    await world.gateway.api.expect(201, 'POST', '/api/apis', { ...api, routes: [{ method: 'GET', path: '/', price: '0.01' }] })
    await world.gateway.api.expect(201, 'POST', '/api/plans', plan)
    const customer = await world.gateway.customer('1.00')
    const call = getter(world, customer, '/metered')
    const refused = await call()
    assert.match(String(json(refused)['detail']), /The API "metered" is sold by plan/)
    return { answer: refused, customer, mend: () => carryOutFirst({ gateway: world.gateway, customer }, refused).then(call) }
  },
}

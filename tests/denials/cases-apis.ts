import assert from 'node:assert/strict'
import { actAs } from '../support/act-as.ts'
import { ManagementApi } from '../support/api.ts'
import { nano } from '../support/decimal.ts'
import type { Customer } from '../support/gateway.ts'
import { json, send, type Answer } from '../support/http.ts'
import type { Behaviour } from '../support/upstream.ts'
import { eventually, gate } from '../support/wait.ts'
import { mendedByFirst, waitAsTold } from './carry-out.ts'
import { fixesOf, getter } from './world.ts'
import type { Case, World } from './world.ts'

/** What `/v1/explain` is asked for the same. */
const EXPLAIN = { path: '/weather/berlin', method: 'GET' }

function explain({ gateway }: World, { key }: Customer): Promise<Answer> {
  return send(`${gateway.url}/v1/explain`, { body: EXPLAIN, headers: { authorization: `Bearer ${key}` } })
}

/** An API of an organization, which its publisher sells by a plan that he approves; and a customer who waits for that. */
async function waitingForPublisher(world: World) {
  const { gateway } = world
  const publisher = await gateway.customer()
  const own = new ManagementApi(gateway.url, await actAs('publisher', gateway, publisher))
  const service = { upstream: { baseUrl: world.upstream.url }, routes: [{ method: 'GET', path: '/', price: '0.01' }] }
  await own.expect(201, 'POST', '/api/apis', { name: 'published', ...service })
  const plan = { name: 'subscribers', price: '0', period: 'free', apis: ['published'], exclusive: true, approval: true }
  await own.expect(201, 'POST', '/api/plans', plan)
  const customer = await gateway.customer('1.00')
  const asking = { plan: 'subscribers', reason: 'to try it' }
  await gateway.api.expect(201, 'POST', `/api/organizations/${customer.organization}/subscriptions`, asking)
  return { publisher, customer, call: getter(world, customer, '/published') }
}

/** Refusals of a priced GET of a published API: what they say, and that their first fix works. */
export const API_CASES: Record<string, Case> = {
  async insufficient_balance(world) {
    const customer = await world.gateway.customer('0.009999999')
    const call = getter(world, customer)
    const refused = await call()
    assert.match(String(json(refused)['detail']), /Acme's balance is 0\.009999999 USD; this request may cost up to 0\.01 USD/)
    assert.equal(json(refused)['affordable'], undefined)
    return mendedByFirst({ gateway: world.gateway, customer }, refused, call, { explain: EXPLAIN })
  },

  async cap_key(world) {
    const customer = await world.gateway.customer('1.00', { cap: { amount: '0.005', period: 'day' } })
    const call = getter(world, customer)
    const refused = await call()
    const body = { cap: { amount: '1.00', period: 'day' } }
    return mendedByFirst({ gateway: world.gateway, customer }, refused, call, { explain: EXPLAIN }, { body })
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
    const explained = await explain(world, customer)
    release.open()
    assert.equal((await running).status, 502)
    return { answer: refused, customer, explained: async () => ({ explained, refused }), mend: () => waitAsTold(refused).then(call) }
  },

  async permission_denied(world) {
    const customer = await world.gateway.customer('1.00')
    await world.gateway.api.expect(200, 'PATCH', `/api/keys/${customer.keyId}`, { apis: ['maps'] })
    const call = getter(world, customer)
    const refused = await call()
    assert.deepEqual([json(refused)['required'], json(refused)['granted']], [['api:weather'], ['api:maps']])
    return mendedByFirst({ gateway: world.gateway, customer }, refused, call, { explain: EXPLAIN })
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
    return mendedByFirst({ gateway: world.gateway, customer }, refused, call, { explain: { path: '/metered', method: 'GET' } })
  },

  async approval_pending(world) {
    const { publisher, customer, call } = await waitingForPublisher(world)
    const refused = await call()
    const [fix] = fixesOf(refused)
    assert.deepEqual([fix?.by, fix?.canYou], ['publisher', false], 'whoever sells the plan, and not whoever runs the gateway')
    const place = { gateway: world.gateway, customer, publisher }
    const stranger = await actAs('publisher', world.gateway, customer)
    const tried = await new ManagementApi(world.gateway.url, stranger).call('POST', String(fix?.path), { decision: 'approve' })
    assert.equal(tried.status, 403, 'the publisher of another organization cannot')
    return mendedByFirst(place, refused, call, { explain: { path: '/published', method: 'GET' } })
  },
}

const PROMPT = '/greet'
const EXPLAIN_PROMPT = { path: PROMPT, body: {} }

function asker({ gateway }: World, { key }: Customer): () => Promise<Answer> {
  return () => send(gateway.url + PROMPT, { body: {}, headers: { authorization: `Bearer ${key}` } })
}

/** Refusals of a call of a published prompt, in which no model is named. */
export const PROMPT_CASES: Record<string, Case> = {
  async insufficient_balance(world) {
    const customer = await world.gateway.customer('0.004')
    const call = asker(world, customer)
    const refused = await call()
    return mendedByFirst({ gateway: world.gateway, customer }, refused, call, { explain: EXPLAIN_PROMPT })
  },

  async permission_denied(world) {
    const customer = await world.gateway.customer('1.00')
    await world.gateway.api.expect(200, 'PATCH', `/api/keys/${customer.keyId}`, { apis: ['weather'] })
    const call = asker(world, customer)
    const refused = await call()
    return mendedByFirst({ gateway: world.gateway, customer }, refused, call, { explain: EXPLAIN_PROMPT })
  },
}

import assert from 'node:assert/strict'
import { faregate } from '../support/cli.ts'
import { json } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import type { Behaviour } from '../support/upstream.ts'
import { eventually, gate, pause } from '../support/wait.ts'
import { fixesOf, getter, inForce } from './world.ts'
import type { Case, World } from './world.ts'

/** Runs the command of the first fix, as whoever it names would. */
async function runFix(world: World, refused: Answer): Promise<void> {
  const [, ...command] = String(fixesOf(refused)[0]?.command).split(' ')
  const ran = await faregate(command, world.gateway)
  assert.equal(ran.code, 0, ran.stderr)
  await inForce()
}

/** Carries out the first fix over the management API, with the body that it leaves open. */
async function callFix(world: World, refused: Answer, body: unknown): Promise<void> {
  const [fix] = fixesOf(refused)
  const changed = await world.gateway.api.call(String(fix?.method), String(fix?.path), body)
  assert.ok(changed.status < 300, changed.text)
  await inForce()
}

/** Refusals of a priced GET of a published API: what they say, and that their first fix works. */
export const API_CASES: Record<string, Case> = {
  async insufficient_balance(world) {
    const customer = await world.gateway.customer('0.009999999')
    const call = getter(world, customer)
    const refused = await call()
    assert.match(String(json(refused)['detail']), /Acme's balance is 0\.009999999 USD; this request may cost up to 0\.01 USD/)
    assert.equal(json(refused)['affordable'], undefined)
    return { answer: refused, customer, mend: () => runFix(world, refused).then(call) }
  },

  async cap_key(world) {
    const customer = await world.gateway.customer('1.00', { cap: { amount: '0.005', period: 'day' } })
    const call = getter(world, customer)
    const refused = await call()
    return { answer: refused, customer, mend: () => callFix(world, refused, { cap: { amount: '1.00', period: 'day' } }).then(call) }
  },

  async balance_reserved(world) {
    const customer = await world.gateway.customer('0.01')
    const call = getter(world, customer)
    const release = gate()
    const here: Behaviour = ({ response }) => response.writeHead(200).end('{}')
    world.upstream.on('', (exchange) => release.promise.then(() => here(exchange)), here)
    const running = call()
    const refused = await eventually(async () => {
      const answer = await call()
      assert.equal(answer.status, 429, answer.text)
      return answer
    })
    return {
      answer: refused,
      customer,
      delivered: true,
      mend: async () => {
        release.open()
        await running
        await world.gateway.api.grant(customer.organization, '0.01')
        await pause(1_000)
        return call()
      },
    }
  },

  async permission_denied(world) {
    const customer = await world.gateway.customer('1.00')
    await world.gateway.api.expect(200, 'PATCH', `/api/keys/${customer.keyId}`, { apis: ['maps'] })
    await inForce()
    const call = getter(world, customer)
    const refused = await call()
    assert.deepEqual([json(refused)['required'], json(refused)['granted']], [['api:weather'], ['api:maps']])
    return { answer: refused, customer, mend: () => runFix(world, refused).then(call) }
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
    return { answer: refused, customer, mend: () => runFix(world, refused).then(call) }
  },
}

import assert from 'node:assert/strict'
import { json } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { carryOutFirst, mendedByFirst, type Place } from './carry-out.ts'
import { BODY, codeOf, COARSE, sender } from './world.ts'
import type { Case, World } from './world.ts'

const DAY_MS = 86_400_000
const ago = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString()

const FREE = { price: '0', period: 'free' }

/** A model that is sold by one plan only, and a customer who wants it. */
async function soldByPlan(world: World, name: string, terms: Record<string, unknown> = {}, credit?: string) {
  const { api } = world.gateway
  const model = `only-${name}`
  await api.expect(201, 'POST', '/api/models', { name: model, deployments: [{ provider: 'fake', model: 'plain' }], ...COARSE })
  const plan = { price: '0.10', period: 'month', graceDays: 0, models: [model], exclusive: true, ...terms }
  await api.expect(201, 'POST', '/api/plans', { name, ...plan })
  const customer = await world.gateway.customer(credit)
  const subscriptions = `/api/organizations/${customer.organization}/subscriptions`
  return {
    customer,
    model,
    call: sender(world, customer, { ...BODY, model }),
    subscribe: (more: Record<string, unknown> = {}) => api.expect<{ id: string }>(201, 'POST', subscriptions, { plan: name, ...more }),
    happen: (id: string, body: Record<string, unknown>) => api.expect(201, 'POST', `/api/subscriptions/${id}/events`, body),
    decide: (id: string, body: Record<string, unknown>) => api.expect(201, 'POST', `/api/subscriptions/${id}/decision`, body),
  }
}

/** Asks for approval as the first fix says; whom the next refusal names gives it. */
async function askedAndApproved(place: Place, refused: Answer, call: () => Promise<Answer>): Promise<Answer> {
  await carryOutFirst(place, refused, { words: { TEXT: "'for research'" } })
  const waiting = await call()
  assert.equal(codeOf(waiting), 'approval_pending', waiting.text)
  await carryOutFirst(place, waiting)
  return call()
}

/** A subscription in some state, which the first fix puts right. */
function inState(
  name: string,
  make: { terms?: Record<string, unknown>; credit?: string; subscribe?: Record<string, unknown>; event?: Record<string, unknown> },
): Case {
  return async (world) => {
    const { customer, model, call, subscribe, happen } = await soldByPlan(world, name, make.terms, make.credit)
    const { id } = await subscribe(make.subscribe)
    if (make.event !== undefined) await happen(id, make.event)
    const refused = await call()
    assert.equal((json(refused)['scope'] as Record<string, unknown>)['subscription'], id)
    return mendedByFirst({ gateway: world.gateway, customer }, refused, call, { call: { model } })
  }
}

/** Refusals of what is sold by plan. */
export const PLAN_CASES: Record<string, Case> = {
  async subscription_required(world) {
    const { customer, model, call } = await soldByPlan(world, 'required', {}, '1.00')
    const refused = await call()
    assert.deepEqual(json(refused)['plans'], [{ plan: 'required', price: '0.10', period: 'month', dueNow: '0.10', approval: false }])
    return mendedByFirst({ gateway: world.gateway, customer }, refused, call, { call: { model } })
  },

  trial_ended: inState('trial', { terms: { trialDays: 14 }, subscribe: { startedAt: ago(30) } }),
  subscription_incomplete: inState('incomplete', {}),
  subscription_past_due: inState('past-due', { subscribe: { paidUntil: ago(1) } }),
  subscription_unpaid: inState('unpaid', { subscribe: { paidUntil: ago(40) } }),
  subscription_expired: inState('expired', { terms: FREE, credit: '1.00', subscribe: { paidUntil: ago(1), renews: false } }),
  subscription_cancelled: inState('cancelled', { terms: FREE, credit: '1.00', event: { event: 'cancel', at: 'now' } }),
  subscription_paused: inState('paused', { terms: FREE, credit: '1.00', event: { event: 'pause' } }),
  approval_pending: inState('pending', { terms: { ...FREE, approval: true }, credit: '1.00', subscribe: { reason: 'to try it' } }),

  async approval_required(world) {
    const { customer, model, call } = await soldByPlan(world, 'asking', { ...FREE, approval: true }, '1.00')
    const refused = await call()
    assert.match(String(json(refused)['requestUrl']), /\/api\/organizations\/org_\w+\/subscriptions$/)
    return { answer: refused, customer, call: { model }, mend: () => askedAndApproved({ gateway: world.gateway, customer }, refused, call) }
  },

  async approval_rejected(world) {
    const { customer, model, call, subscribe, decide } = await soldByPlan(world, 'rejecting', { ...FREE, approval: true }, '1.00')
    const { id } = await subscribe({ reason: 'to try it' })
    await decide(id, { decision: 'reject', reason: 'say for how long' })
    const refused = await call()
    assert.match(String(json(refused)['detail']), /say for how long/)
    return { answer: refused, customer, call: { model }, mend: () => askedAndApproved({ gateway: world.gateway, customer }, refused, call) }
  },

  async not_entitled(world) {
    const { customer, model, call } = await soldByPlan(world, 'unlisted', { ...FREE, listed: false }, '1.00')
    const refused = await call()
    assert.ok(!refused.text.includes('"unlisted"'), 'a plan that is not on sale is not named')
    return mendedByFirst({ gateway: world.gateway, customer }, refused, call, { call: { model } }, { words: { PLAN: 'unlisted' } })
  },

  async plan_upgrade_required(world) {
    const small = await soldByPlan(world, 'small', FREE, '1.00')
    const { model } = await soldByPlan(world, 'big')
    await small.subscribe()
    const { customer } = small
    const call = sender(world, customer, { ...BODY, model })
    const refused = await call()
    const [sale] = json(refused)['plans'] as { plan: string; dueNow: string }[]
    assert.equal(sale?.plan, 'big')
    assert.ok(Number(sale.dueNow) > 0)
    assert.ok((json(refused)['alternatives'] as unknown[]).length > 0)
    return mendedByFirst({ gateway: world.gateway, customer }, refused, call, { call: { model } })
  },

  async quota_exhausted(world) {
    const { api } = world.gateway
    const quotas = [{ counts: 'requests', models: '*', limit: 0 }]
    const { customer, model, call, subscribe } = await soldByPlan(world, 'meagre', { ...FREE, quotas }, '1.00')
    await subscribe()
    const nothing = await call()
    assert.equal(nothing.status, 429, 'nothing is for sale that would help')
    assert.equal(json(nothing)['code'], 'quota_exhausted')
    await api.expect(201, 'POST', '/api/plans', { name: 'ample', price: '0.10', period: 'month', models: [model] })
    const refused = await call()
    const { limit } = json(refused) as { limit: Record<string, string> }
    assert.deepEqual([limit['kind'], limit['unit'], limit['required'], limit['available']], ['quota', 'requests', '1', '0'])
    assert.ok(Date.parse(limit['resetsAt'] ?? '') > Date.now())
    return mendedByFirst({ gateway: world.gateway, customer }, refused, call, { call: { model } })
  },
}

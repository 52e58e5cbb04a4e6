import assert from 'node:assert/strict'
import { faregate } from '../support/cli.ts'
import { json } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { BODY, COARSE, fixesOf, inForce, sender } from './world.ts'
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

/** Runs the command of the first fix, as whoever it names would, with words for what it leaves open. */
async function runFix(world: World, refused: Answer, words: Record<string, string> = {}): Promise<void> {
  const [fix] = fixesOf(refused)
  const [, ...command] = String(fix?.command).split(' ')
  const ran = await faregate(
    command.map((word) => words[word] ?? word),
    world.gateway,
  )
  assert.equal(ran.code, 0, ran.stderr)
  await inForce()
}

/** A subscription in some state, which the first fix puts right. */
function inState(
  name: string,
  make: { terms?: Record<string, unknown>; credit?: string; subscribe?: Record<string, unknown>; event?: Record<string, unknown> },
): Case {
  return async (world) => {
    const { customer, call, subscribe, happen } = await soldByPlan(world, name, make.terms, make.credit)
    const { id } = await subscribe(make.subscribe)
    if (make.event !== undefined) await happen(id, make.event)
    await inForce()
    const refused = await call()
    assert.equal((json(refused)['scope'] as Record<string, unknown>)['subscription'], id)
    return { answer: refused, customer, mend: () => runFix(world, refused).then(call) }
  }
}

/** Refusals of what is sold by plan. */
export const PLAN_CASES: Record<string, Case> = {
  async subscription_required(world) {
    const { customer, call } = await soldByPlan(world, 'required', {}, '1.00')
    await inForce()
    const refused = await call()
    assert.deepEqual(json(refused)['plans'], [{ plan: 'required', price: '0.10', period: 'month', dueNow: '0.10', approval: false }])
    return { answer: refused, customer, mend: () => runFix(world, refused).then(call) }
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
    const { customer, call, decide } = await soldByPlan(world, 'asking', { ...FREE, approval: true }, '1.00')
    await inForce()
    const refused = await call()
    assert.match(String(json(refused)['requestUrl']), /\/api\/organizations\/org_\w+\/subscriptions$/)
    return {
      answer: refused,
      customer,
      mend: async () => {
        await runFix(world, refused, { TEXT: 'research' })
        const { data } = await world.gateway.api.expect<{ data: { id: string }[] }>(
          200,
          'GET',
          `/api/organizations/${customer.organization}/subscriptions`,
        )
        await decide(data[0]?.id ?? '', { decision: 'approve' })
        await inForce()
        return call()
      },
    }
  },

  async approval_rejected(world) {
    const { customer, call, subscribe, decide } = await soldByPlan(world, 'rejecting', { ...FREE, approval: true }, '1.00')
    const { id } = await subscribe({ reason: 'to try it' })
    await decide(id, { decision: 'reject', reason: 'say for how long' })
    await inForce()
    const refused = await call()
    assert.match(String(json(refused)['detail']), /say for how long/)
    return {
      answer: refused,
      customer,
      mend: async () => {
        await runFix(world, refused, { TEXT: 'until-June' })
        await decide(id, { decision: 'approve' })
        await inForce()
        return call()
      },
    }
  },

  async not_entitled(world) {
    const { customer, call } = await soldByPlan(world, 'unlisted', { ...FREE, listed: false }, '1.00')
    await inForce()
    const refused = await call()
    assert.ok(!refused.text.includes('"unlisted"'), 'a plan that is not on sale is not named')
    return { answer: refused, customer, mend: () => runFix(world, refused, { PLAN: 'unlisted' }).then(call) }
  },

  async plan_upgrade_required(world) {
    const small = await soldByPlan(world, 'small', FREE, '1.00')
    const { model } = await soldByPlan(world, 'big')
    await small.subscribe()
    await inForce()
    const call = sender(world, small.customer, { ...BODY, model })
    const refused = await call()
    const [sale] = json(refused)['plans'] as { plan: string; dueNow: string }[]
    assert.equal(sale?.plan, 'big')
    assert.ok(Number(sale.dueNow) > 0)
    assert.ok((json(refused)['alternatives'] as unknown[]).length > 0)
    return { answer: refused, customer: small.customer, mend: () => runFix(world, refused).then(call) }
  },

  async quota_exhausted(world) {
    const { api } = world.gateway
    const quotas = [{ counts: 'requests', models: '*', limit: 0 }]
    const { customer, model, call, subscribe } = await soldByPlan(world, 'meagre', { ...FREE, quotas }, '1.00')
    await subscribe()
    await inForce()
    const nothing = await call()
    assert.equal(nothing.status, 429, 'nothing is for sale that would help')
    assert.equal(json(nothing)['code'], 'quota_exhausted')
    await api.expect(201, 'POST', '/api/plans', { name: 'ample', price: '0.10', period: 'month', models: [model] })
    await inForce()
    const refused = await call()
    const { limit } = json(refused) as { limit: Record<string, string> }
    assert.deepEqual([limit['kind'], limit['unit'], limit['required'], limit['available']], ['quota', 'requests', '1', '0'])
    assert.ok(Date.parse(limit['resetsAt'] ?? '') > Date.now())
    return { answer: refused, customer, mend: () => runFix(world, refused).then(call) }
  },
}

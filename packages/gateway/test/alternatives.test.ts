import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isApi, type ModelEntry } from '@faregate/core'
import type { UnpaidInvoice } from '../src/deps.ts'
import type { Entitlement } from '../src/plans/port.ts'
import { completion } from './support/upstream.ts'
import { openWorld, problemOf, type World, type WorldOptions } from './support/world.ts'

const ask = (model: string, more: object = {}) => ({ model, max_tokens: 1_000, messages: [{ role: 'user', content: 'hi there' }], ...more })

/** Output of a model costs so much for a million tokens: so many thousandths for the request. */
const out = (output: string) => ({ input: '0', output })

const PRICES = {
  m: out('900'),
  dear: out('700'),
  middle: out('90'),
  small: out('50'),
  tiny: out('10'),
  free: out('0'),
  'embed-tiny': out('1'),
}

async function worldOf(options: WorldOptions = {}, more: Record<string, Partial<ModelEntry>> = {}): Promise<World> {
  const world = await openWorld({ prices: PRICES, grant: '0.10', ...options })
  for (const name of Object.keys({ ...PRICES, ...more })) {
    if (name === 'm') continue
    world.models.set(name, {
      name,
      deployments: [{ provider: 'up', model: name, weight: 1 }],
      managedBy: { source: 'database' },
      ...more[name],
    })
  }
  world.upstream.behave((response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(completion('hi', { prompt_tokens: 2, completion_tokens: 10 }))
  })
  return world
}

const offered = async (answer: Response) => {
  const { alternatives = [] } = (await problemOf(answer)) as { alternatives?: { model: string; hold: string }[] }
  return alternatives
}

describe('models instead of one that the balance does not cover', () => {
  it('are those that it covers for this very request, the nearest in price first, each with its hold; the first one serves', async (t) => {
    const world = await worldOf()
    t.after(() => world.close())
    const refused = await world.post(ask('m'))
    const problem = (await problemOf(refused)) as unknown as {
      code: string
      alternatives: { model: string; hold: string }[]
      fixes: { action: string; model?: string }[]
    }
    assert.equal(problem.code, 'insufficient_balance')
    assert.deepEqual(problem.alternatives, [
      { model: 'middle', hold: '0.09' },
      { model: 'small', hold: '0.05' },
      { model: 'tiny', hold: '0.01' },
    ])
    assert.deepEqual(problem.fixes.at(-1), {
      kind: 'change_request',
      action: 'use_alternative',
      by: 'caller',
      canYou: true,
      model: 'middle',
    })
    assert.equal((await world.post(ask('middle'))).status, 200)
  })

  it('are none that the key may not call, that make too little, or that are for other calls', async (t) => {
    const key = { models: ['m', 'small', 'tiny', 'embed-*'] }
    const world = await worldOf({ key }, { small: { maxOutput: 999 } })
    t.after(() => world.close())
    assert.deepEqual(await offered(await world.post(ask('m'))), [{ model: 'tiny', hold: '0.01' }])
  })

  it('are those that the credit of an account in arrears covers, and none while an invoice is overdue', async (t) => {
    const overdue: UnpaidInvoice[] = []
    const creditLimit = 60_000_000n
    const organization = { id: 'org_acme', name: 'Acme', zone: 'UTC', suspended: null, cap: null, userCap: null, creditLimit }
    const invoices = { overdue: () => overdue, unpaid: async () => overdue }
    const world = await worldOf({ grant: '0.000001', creditLimit, key: { organization }, invoices })
    t.after(() => world.close())
    assert.deepEqual(await offered(await world.post(ask('m'))), [
      { model: 'small', hold: '0.05' },
      { model: 'tiny', hold: '0.01' },
      { model: 'free', hold: '0.00' },
    ])
    assert.equal((await world.post(ask('small'))).status, 200)
    overdue.push({ name: 'INV-000001', amount: 1n, dueAt: 0 })
    assert.deepEqual(await offered(await world.post(ask('m'))), [])
  })

  it('are explained before anything is sent, and not offered where there is none', async (t) => {
    const world = await worldOf({ grant: '0.001', prices: { ...PRICES, free: out('5') } })
    t.after(() => world.close())
    assert.deepEqual(await offered(await world.post(ask('m'))), [])
    const explain = async () => {
      const answer = await world.post(ask('m', { path: '/v1/chat/completions' }), { path: '/v1/explain' })
      return ((await answer.json()) as { verdict: { alternatives?: unknown } }).verdict.alternatives
    }
    assert.equal(await explain(), undefined)
    await world.grant('0.05')
    assert.deepEqual(await explain(), [
      { model: 'small', hold: '0.05' },
      { model: 'tiny', hold: '0.01' },
      { model: 'free', hold: '0.005' },
    ])
  })

  it('are sought for no other refusal, and leave it as it is where balances cannot be read', async (t) => {
    const world = await worldOf({ key: { cap: { amount: 1_000_000n, period: 'day' } } })
    t.after(() => world.close())
    const { code, alternatives } = await problemOf(await world.post(ask('dear')))
    assert.deepEqual([code, alternatives], ['cap_key', undefined])
  })
})

describe('models instead of one that the plan does not have', () => {
  it('are those that its plans, or the balance, serve now', async (t) => {
    const sales = [{ plan: 'big', price: 10n, period: 'month', dueNow: 5n, approval: false, rule: {}, change: 'sub_1' }]
    const sold: Entitlement = { kind: 'sold', by: 'upgrade', sales, lacking: [] }
    const mine: Entitlement = {
      kind: 'offers',
      offers: [{ subscription: 'sub_1', plan: 'own', rule: { factor: '0' }, quotas: [], limits: [] }],
      sales: [],
    }
    const say: Record<string, Entitlement> = { m: sold, dear: mine, middle: sold }
    const world = await worldOf({
      grant: '0.02',
      plans: {
        entitlement: (_organization, product) => (isApi(product) ? undefined : say[product.model]) ?? { kind: 'balance' },
        quotas: async () => [],
        limits: async () => [],
      },
    })
    t.after(() => world.close())
    const refused = await world.post(ask('m'))
    assert.equal(refused.status, 402)
    assert.deepEqual(await offered(refused), [
      { model: 'tiny', hold: '0.01' },
      { model: 'dear', hold: '0.00' },
      { model: 'free', hold: '0.00' },
    ])
    assert.equal((await world.post(ask('tiny'))).status, 200)
  })
})

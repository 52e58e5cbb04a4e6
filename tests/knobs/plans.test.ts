import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ROUTES } from '../../packages/contract/src/index.ts'
import { either, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { header, json } from '../support/http.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'

const DAY_MS = 86_400_000
const fromNow = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString()

/** What can be seen from outside of a customer who has subscribed, or has not. */
interface Seen {
  customer: Customer
  subscription: Record<string, unknown>
  call(): Promise<{ status: number; code: string; cost: string; notice: string; detail: string }>
}

interface Row {
  /** Two values of the field. */
  a: unknown
  b: unknown
  /** What differs between them. */
  observe(seen: Seen): Promise<unknown>
  /** Other fields, which the field needs to matter. */
  plan?: Record<string, unknown>
  subscription?: Record<string, unknown> | null
  credit?: string
}

const refusal = async ({ call }: Seen): Promise<string> => (await call()).code
const shown =
  (name: string) =>
  async ({ subscription }: Seen) =>
    subscription[name]
const secondCall = async ({ call }: Seen): Promise<string> => {
  await call()
  return (await call()).code
}

const EXCLUSIVE = { exclusive: true }
const one = (quota: Record<string, unknown>) => [{ counts: 'requests', models: '*', limit: 1, ...quota }]

/** Every field of a plan. */
const PLAN_ROWS: Record<string, Row> = {
  name: { a: 'knob-a', b: 'knob-b', observe: shown('plan') },
  price: { a: '0.10', b: '0.20', observe: async ({ customer }) => (await gateway.api.balance(customer.organization)).posted },
  period: { a: 'month', b: 'year', observe: shown('paidUntil') },
  trialDays: { a: 0, b: 14, observe: shown('state') },
  graceDays: {
    a: 0,
    b: 3,
    observe: refusal,
    plan: { ...EXCLUSIVE, priceFactor: '0' },
    subscription: { paidUntil: fromNow(-1) },
    credit: '0.05',
  },
  models: { a: ['plain'], b: ['other'], observe: async ({ call }) => (await call()).cost, plan: { priceFactor: '0' } },
  exclusive: { a: true, b: false, observe: refusal, subscription: null },
  listed: { a: true, b: false, observe: refusal, plan: EXCLUSIVE, subscription: null },
  approval: { a: true, b: false, observe: shown('state'), subscription: { reason: 'r' } },
  quotas: { a: [], b: one({}), observe: secondCall },
  credit: { a: '0', b: '1.00', observe: async ({ customer }) => (await gateway.api.balance(customer.organization)).granted },
  priceFactor: { a: '1', b: '0.5', observe: async ({ call }) => (await call()).cost },
  limits: { a: [], b: [{ kind: 'requests', amount: 1, per: 'day' }], observe: secondCall },
}

const quotaRow = (a: Record<string, unknown>, b: Record<string, unknown>, observe = secondCall): Row => ({ a: one(a), b: one(b), observe })

/** Every field of a quota, set as the one quota of a plan. */
const QUOTA_ROWS: Record<string, Row> = {
  counts: quotaRow({ limit: 2, counts: 'requests' }, { limit: 2, counts: 'tokens' }),
  models: quotaRow({ models: 'plain' }, { models: 'other' }),
  limit: quotaRow({ limit: 1 }, { limit: 2 }),
  overage: quotaRow({ limit: 1, overage: null }, { limit: 1, overage: '2' }),
}

/** Every field of a subscription. */
const SUBSCRIPTION_ROWS: Record<string, Row> = {
  plan: { a: 'knob-with', b: 'knob-without', observe: refusal, plan: EXCLUSIVE },
  reason: { a: 'a', b: 'b', observe: async ({ call }) => (await call()).detail, plan: { ...EXCLUSIVE, approval: true } },
  renews: {
    a: true,
    b: false,
    observe: refusal,
    plan: { ...EXCLUSIVE, graceDays: 0 },
    subscription: { paidUntil: fromNow(-1) },
    credit: '0.05',
  },
  startedAt: { a: fromNow(0), b: fromNow(-30), observe: refusal, plan: { ...EXCLUSIVE, trialDays: 14 }, credit: '0.05' },
  paidUntil: { a: fromNow(9), b: fromNow(-9), observe: refusal, plan: EXCLUSIVE, credit: '0.05' },
}

let gateway: Gateway
let upstream: Upstream

/** A plan in which one field has a value, a customer who takes it, and what comes of it. */
async function seen(row: Row, plan: Record<string, unknown>, more: Record<string, unknown> = {}): Promise<unknown> {
  const { api } = gateway
  const model = `knob-model-${++made}`
  const own = (names: unknown) => (names as string[]).map((name) => (name === 'plain' ? model : name))
  await api.expect(201, 'POST', '/api/models', {
    name: model,
    deployments: [{ provider: 'fake', model: 'plain' }],
    price: { input: '0', output: '1000' },
  })
  const terms = { name: `knob-${made}`, price: '0.10', period: 'month', models: ['plain'], ...row.plan, ...plan }
  const quotas = ((terms as { quotas?: { models: string }[] }).quotas ?? []).map((quota) => ({ ...quota, models: own([quota.models])[0] }))
  await api.expect(201, 'POST', '/api/plans', { ...terms, models: own(terms.models), quotas })
  if (more['plan'] === 'knob-without') await api.expect(201, 'POST', '/api/plans', { ...terms, name: 'knob-without', models: ['other'] })
  const customer = await gateway.customer(row.credit ?? '1.00')
  const wanted = more['plan'] === 'knob-without' ? 'knob-without' : terms.name
  const body = { ...row.subscription, ...more, plan: wanted }
  const path = `/api/organizations/${customer.organization}/subscriptions`
  const subscription = row.subscription === null ? {} : await api.expect<Record<string, unknown>>(201, 'POST', path, body)
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  const call = async () => {
    const answer = await gateway.chat(customer.key, { model, max_tokens: 10, messages: say() })
    const problem = answer.status < 300 ? {} : (json(answer) as Record<string, string>)
    const text = (name: string) => problem[name] ?? ''
    return {
      status: answer.status,
      code: text('code'),
      detail: text('detail').replace(/knob-\d+/g, 'knob'),
      cost: header(answer, 'faregate-cost') ?? '',
      notice: header(answer, 'faregate-notice') ?? '',
    }
  }
  return row.observe({ customer, subscription, call })
}

let made = 0

describe('every field of plans and subscriptions changes what is seen from outside', () => {
  before(async () => {
    upstream = await startUpstream()
    upstream.on('plain', either(5, { usage: usage(0, 5) }))
    gateway = await startGateway({ config: configuration(upstream, { plain: {} }) })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  test('the rows are the fields of the schemas, and no other', () => {
    const { createPlan, createSubscription } = ROUTES
    assert.deepEqual(Object.keys(PLAN_ROWS).toSorted(), Object.keys(createPlan.body.shape).toSorted())
    assert.deepEqual(Object.keys(SUBSCRIPTION_ROWS).toSorted(), Object.keys(createSubscription.body.shape).toSorted())
    const quota = createPlan.body.shape.quotas.unwrap().element
    assert.deepEqual(Object.keys(QUOTA_ROWS).toSorted(), Object.keys(quota.shape).toSorted())
  })

  for (const [field, row] of Object.entries(PLAN_ROWS)) {
    test(`plan: ${field}`, async () => assert.notDeepEqual(await seen(row, { [field]: row.a }), await seen(row, { [field]: row.b })))
  }
  for (const [field, row] of Object.entries(QUOTA_ROWS)) {
    test(`quota: ${field}`, async () => assert.notDeepEqual(await seen(row, { quotas: row.a }), await seen(row, { quotas: row.b })))
  }
  for (const [field, row] of Object.entries(SUBSCRIPTION_ROWS)) {
    test(`subscription: ${field}`, async () =>
      assert.notDeepEqual(await seen(row, {}, { [field]: row.a }), await seen(row, {}, { [field]: row.b })))
  }

  test('in its grace a subscription serves, and every answer says so', async () => {
    const row: Row = {
      a: null,
      b: null,
      plan: { ...EXCLUSIVE, priceFactor: '0' },
      subscription: { paidUntil: fromNow(-1) },
      credit: '0.05',
      observe: async ({ call }) => call(),
    }
    const answer = (await seen(row, {})) as { status: number; notice: string }
    assert.equal(answer.status, 200)
    assert.match(answer.notice, /^subscription_past_due;until="\d{4}-/)
  })
})

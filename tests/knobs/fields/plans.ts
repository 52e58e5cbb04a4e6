import type { Customer } from '../../support/gateway.ts'
import { json, send } from '../../support/http.ts'
import { limitRows, priceRows, type Having } from './shared.ts'
import { DAY_MS, fromNow, type FieldWorld, type Row, type Rows, type Seen } from './world.ts'

/** A plan for a model of its own, and a customer who has taken it, or has not. */
export interface Taken {
  world: FieldWorld
  customer: Customer
  model: string
  plan: string
  /** As it was answered; empty: nobody has subscribed. */
  subscription: Record<string, unknown>
  call(more?: Record<string, unknown>): Promise<Seen>
}

export interface Taking {
  plan?: Record<string, unknown>
  /** Null: nobody subscribes. */
  subscription?: Record<string, unknown> | null
  credit?: string
}

/** Names of models are those of the row's own one, where they are `plain`. */
export async function take(world: FieldWorld, { plan = {}, subscription = {}, credit = '1.00' }: Taking): Promise<Taken> {
  const model = await world.model()
  const own = (name: string): string => (name === 'plain' ? model : name)
  const terms = { name: world.fresh('plan'), price: '0.10', period: 'month', models: ['plain'], quotas: [], ...plan }
  const quotas = (terms.quotas as { models: string | null }[]).map((one) => ({
    ...one,
    models: one.models === null ? null : own(one.models),
  }))
  await world.api.expect(201, 'POST', '/api/plans', { ...terms, models: terms.models.map(own), quotas })
  const customer = await world.customer({}, {}, credit)
  const path = `/api/organizations/${customer.organization}/subscriptions`
  const taken =
    subscription === null ? {} : await world.api.expect<Record<string, unknown>>(201, 'POST', path, { plan: terms.name, ...subscription })
  const call = (more: Record<string, unknown> = {}): Promise<Seen> => world.call(customer, { model, ...more })
  return { world, customer, model, plan: terms.name, subscription: taken, call }
}

type See = (taken: Taken) => Promise<unknown>

const code: See = async ({ call }) => (await call()).code
const cost: See = async ({ call }) => (await call()).cost
const shown =
  (name: string): See =>
  async ({ subscription }) =>
    subscription[name]
const daysPaid: See = async ({ subscription }) => Math.round((Date.parse(String(subscription['paidUntil'])) - Date.now()) / DAY_MS)
const second: See = async ({ call }) => {
  await call()
  return (await call()).code
}

/** A field of the plan with a value. */
function field(name: string, a: unknown, b: unknown, see: See, taking: Taking = {}): Record<string, Row> {
  const member = name.replace('[]', '')
  const wrapped = (value: unknown): unknown => (name.endsWith('[]') ? [value] : value)
  const run: Row['see'] = async (world, value) => see(await take(world, { ...taking, plan: { ...taking.plan, [member]: wrapped(value) } }))
  return { [name]: { a, b, see: run } }
}

/** A field of the one quota of the plan. */
function quota(name: string, a: unknown, b: unknown, more: object = {}): Record<string, Row> {
  const run: Row['see'] = async (world, value) =>
    second(await take(world, { plan: { quotas: [{ counts: 'requests', models: '*', limit: 1, ...more, [name]: value }] } }))
  return { [`quotas[].${name}`]: { a, b, see: run } }
}

const EXCLUSIVE = { exclusive: true }

async function priced(world: FieldWorld, members: Record<string, unknown>): Promise<{ customer: Customer; model: string }> {
  return take(world, { plan: members })
}

/** What is served under the plan is within its limits, whatever the model. */
const limited: Having = async (world, members) => (await take(world, { plan: { models: ['*'], ...members } })).customer

/** What a second call of an API comes to under a quota of one. */
async function quotaOfApis(world: FieldWorld, apis: unknown): Promise<unknown> {
  const { customer } = await take(world, { plan: { apis: ['knob'], quotas: [{ counts: 'requests', models: null, apis, limit: 1 }] } })
  await world.callApi(customer)
  return (await world.callApi(customer)).code
}

/** Whom a caller is told to turn to for the approval of a plan, by who sells that. */
async function approver(world: FieldWorld, seller: unknown): Promise<unknown> {
  const { organization } = await world.customer()
  const owner = seller === 'operator' ? {} : { organization }
  const name = world.fresh('sold')
  const service = { upstream: { baseUrl: 'https://service.example' }, routes: [{ method: 'GET', path: '/a', price: '0.01' }] }
  await world.api.expect(201, 'POST', '/api/apis', { name, ...owner, ...service })
  const terms = { price: '0', period: 'free', apis: [name], exclusive: true, approval: true }
  await world.api.expect(201, 'POST', '/api/plans', { name, ...owner, ...terms })
  const customer = await world.customer()
  await world.api.expect(201, 'POST', `/api/organizations/${customer.organization}/subscriptions`, { plan: name, reason: 'r' })
  const refused = await send(`${world.gateway.url}/${name}/a`, { headers: { authorization: `Bearer ${customer.key}` } })
  return (json(refused)['fixes'] as { by: string }[])[0]?.by
}

/** Every field of the call that makes a plan. */
export const PLAN_ROWS: Record<string, Rows> = {
  createPlan: {
    ...field('name', 'knob-a', 'knob-b', shown('plan')),
    organization: { a: 'operator', b: 'organization', see: approver },
    ...field('price', '0.10', '0.20', async ({ world, customer }) => (await world.api.balance(customer.organization)).posted),
    ...field('period', 'month', 'year', daysPaid),
    ...field('trialDays', 0, 14, code, { plan: EXCLUSIVE, credit: '0.05' }),
    ...field('graceDays', 0, 3, code, {
      plan: { ...EXCLUSIVE, priceFactor: '0' },
      subscription: { paidUntil: fromNow(-1) },
      credit: '0.05',
    }),
    ...field('models[]', 'plain', 'other', cost, { plan: { priceFactor: '0' } }),
    ...field('apis[]', 'knob', 'other', async ({ world, customer }) => (await world.callApi(customer)).cost, {
      plan: { priceFactor: '0' },
    }),
    ...field('features[]', 'chat', 'embeddings', code, { plan: EXCLUSIVE }),
    ...field('exclusive', true, false, code, { subscription: null }),
    ...field('listed', true, false, code, { plan: EXCLUSIVE, subscription: null }),
    ...field('approval', true, false, code, { plan: EXCLUSIVE, subscription: { reason: 'r' } }),
    ...field('paymentMethod', true, false, code, { plan: EXCLUSIVE }),
    ...field('credit', '0', '1.00', async ({ world, customer }) => (await world.api.balance(customer.organization)).granted),
    ...quota('counts', 'requests', 'tokens', { limit: 2 }),
    ...quota('models', 'plain', 'other'),
    'quotas[].apis': { a: 'knob', b: 'other', see: quotaOfApis },
    ...quota('limit', 1, 2),
    ...quota('overage', null, '2'),
    ...priceRows(priced),
    ...limitRows(limited),
  },
}

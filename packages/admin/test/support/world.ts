import { issueInvoices } from '@faregate/billing'
import { walletOf } from '@faregate/core'
import type { RequestRecord } from '@faregate/gateway/record'
import { invoicingOn } from '../../src/invoicing.ts'
import type { Harness } from './harness.ts'
import { createPayments } from './payments.ts'

/** An organization with everything that can belong to one. */
export interface Tenant {
  organization: string
  team: string
  member: string
  role: string
  application: string
  key: string
  grant: string
  request: string
  denial: string
  webhook: string
  invoice: string
  /** Of a plan that is free, and of one that waits for approval. */
  subscription: string
  asked: string
  limitRequest: string
  paymentMethod: string
  topUp: string
  /** Of those that publish. */
  published?: Published
}

/** What an organization publishes and sells, a token of its own, and who has subscribed. */
export interface Published {
  api: string
  plan: string
  token: string
  subscription: string
}

/** Creates a tenant: 10.00 granted, one request that cost 1.00, one refusal. */
export async function createTenant(api: Harness, name: string): Promise<Tenant> {
  const organization = await created(api, '/api/organizations', { name })
  const team = await created(api, `/api/organizations/${organization}/teams`, { name })
  const role = await created(api, `/api/organizations/${organization}/roles`, { name, permissions: ['usage:read'] })
  const person = { name, email: `${name}@example.com`, role: 'viewer' }
  const member = await created(api, `/api/organizations/${organization}/members`, person)
  const application = await created(api, `/api/organizations/${organization}/applications`, { name })
  const key = await created(api, `/api/applications/${application}/keys`, { name })
  const grant = await created(api, `/api/organizations/${organization}/grants`, { amount: '10.00', reason: 'welcome' })
  const request = `req_${name}`
  await charge(api, organization, request, 1_000_000_000n)
  api.store.records.request(recordOf({ id: request, organization, application, key, at: api.clock.now() }))
  const denial = `dn_${name}`
  api.store.records.denial({
    id: denial,
    at: api.clock.now(),
    requestId: `req_${name}_refused`,
    organization,
    key,
    code: 'insufficient_balance',
    problem: JSON.stringify({ status: 402, detail: 'too little', fixes: [{ command: `faregate grant ${organization} 5.00` }] }),
    trace: [{ check: 'reserve', result: 'denied' }],
    operatorDetail: 'for the operator',
    configurationVersion: 1,
  })
  await api.store.records.flush()
  const hook = { url: 'https://receiver.example/hook', events: ['key.expiring'] }
  const webhook = await created(api, `/api/organizations/${organization}/webhooks`, hook)
  await created(api, '/api/plans', { name: 'own-plan', price: '0', period: 'free', models: ['*'] })
  await created(api, '/api/plans', { name: 'asking-plan', price: '0', period: 'free', models: ['*'], approval: true })
  const subscriptions = `/api/organizations/${organization}/subscriptions`
  const subscription = await created(api, subscriptions, { plan: 'own-plan' })
  const asked = await created(api, subscriptions, { plan: 'asking-plan', reason: 'r' })
  for (const named of ['users/ann', 'tags/blue'])
    await api.call('PUT', `/api/organizations/${organization}/${named}/cap`, { body: { amount: '1.00', period: 'day' } })
  const subject = { kind: 'cap', level: 'user', id: 'ann' }
  const limitRequest = await created(api, `/api/organizations/${organization}/limit-requests`, { subject, reason: 'r' })
  await issueInvoices(invoicingOn(api.deps), api.clock.now() + 40 * 86_400_000)
  const { body } = await api.call('GET', `/api/organizations/${organization}/invoices`)
  const invoice = (body['data'] as { number: string }[])[0]?.number ?? ''
  const own = { organization, team, member, role, application, key, grant, request, denial, webhook, invoice }
  const payments = await createPayments(api, { organization, grant, name })
  return { ...own, subscription, asked, limitRequest, ...payments }
}

/** The id of what a POST makes; the operator's, unless a token is given. Throws where it is refused. */
export async function created(api: Harness, path: string, body: unknown, token?: string): Promise<string> {
  const answer = await api.call('POST', path, { body, ...(token === undefined ? {} : { token }) })
  if (answer.status !== 201) throw new Error(`${path}: ${answer.text}`)
  return String(answer.body.id)
}

/** A management token of a member. */
export async function tokenOf(api: Harness, member: string): Promise<string> {
  const { body } = await api.call('POST', `/api/members/${member}/tokens`, { body: { name: 't' } })
  return String(body['token'])
}

/** Holds and settles a cost, as the gateway does. */
export async function charge(
  api: Harness,
  organization: string,
  request: string,
  cost: bigint,
  memo: Record<string, unknown> = {},
): Promise<void> {
  await hold(api, organization, request, cost, memo)
  const instance = api.store.instance.epoch
  const settled = await api.deps.ledger.submit({ type: 'settle', request, slices: 1, cost, instance, memo: JSON.stringify(memo) })
  if (settled.status !== 'ok') throw new Error(`settle: ${settled.status}`)
}

export async function hold(
  api: Harness,
  organization: string,
  request: string,
  cost: bigint,
  memo: Record<string, unknown> = {},
): Promise<void> {
  const outcome = await api.deps.ledger.submit({
    type: 'hold',
    id: `${request}.0`,
    request,
    slice: 0,
    instance: api.store.instance.epoch,
    legs: [{ kind: 'wallet', id: walletOf(organization), unit: 'USD' }],
    measure: { fixed: cost * 1_000_000n, perStep: 0n },
    steps: { min: 0, max: 0 },
    memo: JSON.stringify({ organization, ...memo }),
  })
  if (outcome.status !== 'ok')
    throw new Error(`hold: ${JSON.stringify(outcome, (_k, v: unknown) => (typeof v === 'bigint' ? String(v) : v))}`)
}

export function recordOf(members: Partial<RequestRecord> & { id: string; at: number }): RequestRecord {
  return {
    organization: null,
    application: null,
    key: null,
    user: 'ann',
    tags: null,
    path: '/v1/chat/completions',
    model: 'file-model',
    api: null,
    route: null,
    release: null,
    stream: false,
    outcome: 'served',
    denial: null,
    denialId: null,
    status: 200,
    cost: 1_000_000_000n,
    providerCost: 400_000_000n,
    priceVersion: 'v1',
    estimated: false,
    flags: [],
    delivery: 'confirmed',
    clamped: null,
    latencyMs: 100,
    ttftMs: 20,
    attempts: [
      {
        provider: 'file-provider',
        model: 'gpt-5-nano',
        status: 200,
        outcome: 'served',
        error: null,
        buckets: { input: 10, output: 5 },
        latencyMs: 90,
        ttftMs: 20,
      },
    ],
    ...members,
  }
}

/** A management token with these permissions, bound to an organization where one is given. */
export async function mintToken(api: Harness, permissions: readonly string[], organization?: string): Promise<string> {
  const answer = await api.call('POST', '/api/tokens', { body: { name: 't', permissions, organization } })
  if (answer.status !== 201) throw new Error(answer.text)
  return String(answer.body.token)
}

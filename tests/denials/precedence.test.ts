import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { NewKey } from '../support/api.ts'
import type { Customer } from '../support/gateway.ts'
import { json, type Answer } from '../support/http.ts'
import { BODY, COARSE, startWorld, type World } from './world.ts'

const CAP = { amount: '0.004', period: 'total' }

/** A reason to refuse a call, and how it comes to be one. */
interface Cause {
  code: string
  key?: NewKey
  body?: Record<string, unknown>
  headers?: Record<string, string>
  /** One call is served before. */
  afterOne?: true
  poor?: true
  make?: (world: World, customer: Customer) => Promise<unknown>
  /** What is found beside it where it is the answer: all that the same look at the request shows. */
  alongside: string[]
}

const patchOrganization = (change: Record<string, unknown>) => (world: World, customer: Customer) =>
  world.gateway.api.expect(200, 'PATCH', `/api/organizations/${customer.organization}`, change)

const patchKey = (change: Record<string, unknown>) => (world: World, customer: Customer) =>
  world.gateway.api.expect(200, 'PATCH', `/api/keys/${customer.keyId}`, change)

const CAPS = ['cap_key', 'cap_user', 'cap_tag', 'cap_team', 'cap_org']
const MONEY = [...CAPS, 'insufficient_balance']

/**
 * In order of precedence, written down here and nowhere derived: the contract's credential, key state, configuration, account
 * standing, permission, plan, caps from the key to the organization, quota, rate, balance.
 */
const CAUSES: Cause[] = [
  { code: 'credential_invalid', headers: { authorization: 'Bearer fg_nobody' }, alongside: [] },
  { code: 'key_disabled', make: patchKey({ enabled: false }), alongside: [] },
  { code: 'gateway_misconfigured', body: { model: 'orphan' }, alongside: [] },
  {
    code: 'account_suspended',
    make: (world, { organization }) => world.gateway.api.expect(200, 'POST', `/api/organizations/${organization}/suspend`, { reason: 'x' }),
    alongside: ['permission_denied', ...MONEY],
  },
  { code: 'permission_denied', make: patchKey({ models: ['other'] }), alongside: MONEY },
  { code: 'subscription_required', body: { model: 'sold' }, alongside: MONEY },
  { code: 'cap_key', make: patchKey({ cap: CAP }), alongside: [...MONEY, 'quota_exhausted', 'rate_limited'] },
  {
    code: 'cap_user',
    body: { user: 'ann' },
    make: patchOrganization({ userCap: CAP }),
    alongside: [...MONEY, 'quota_exhausted', 'rate_limited'],
  },
  {
    code: 'cap_tag',
    headers: { 'faregate-tags': 'search' },
    make: (world, { organization }) => world.gateway.api.expect(200, 'PUT', `/api/organizations/${organization}/tags/search/cap`, CAP),
    alongside: [...MONEY, 'quota_exhausted', 'rate_limited'],
  },
  { code: 'cap_team', make: inTeam, alongside: [...MONEY, 'quota_exhausted', 'rate_limited'] },
  { code: 'cap_org', make: patchOrganization({ cap: CAP }), alongside: [...MONEY, 'quota_exhausted', 'rate_limited'] },
  {
    code: 'quota_exhausted',
    body: { model: 'counted' },
    make: (world, { organization }) =>
      world.gateway.api.expect(201, 'POST', `/api/organizations/${organization}/subscriptions`, { plan: 'counts' }),
    alongside: ['rate_limited', 'insufficient_balance'],
  },
  { code: 'rate_limited', key: { limits: [{ kind: 'requests', amount: 1, per: 'day' }] }, afterOne: true, alongside: MONEY },
  { code: 'insufficient_balance', poor: true, alongside: [] },
]

async function inTeam({ gateway: { api } }: World, { organization, application }: Customer): Promise<void> {
  const { id } = await api.expect<{ id: string }>(201, 'POST', `/api/organizations/${organization}/teams`, { name: 'team' })
  await api.expect(200, 'PATCH', `/api/applications/${application}`, { team: id })
  await api.expect(200, 'PATCH', `/api/teams/${id}`, { cap: CAP })
}

/** A request names one model, and carries one credential: two causes that both choose it cannot be there at once. */
function canBeTogether(one: Cause, other: Cause): boolean {
  return one.body?.['model'] === undefined || other.body?.['model'] === undefined
}

const PAIRS = CAUSES.flatMap((first, index) =>
  CAUSES.slice(index + 1)
    .filter((second) => canBeTogether(first, second))
    .map((second) => [first, second] as const),
)

describe('of two reasons the one that takes precedence is the answer, and the other stands in `also` where the same look shows it', () => {
  let world: World
  let calls: (() => Promise<Answer>)[] = []

  before(async () => {
    world = await startWorld()
    const { api } = world.gateway
    for (const name of ['sold', 'counted'])
      await api.expect(201, 'POST', '/api/models', { name, deployments: [{ provider: 'fake', model: 'plain' }], ...COARSE })
    await api.expect(201, 'POST', '/api/plans', { name: 'sells', price: '0.10', period: 'month', models: ['sold'], exclusive: true })
    const quotas = [{ counts: 'requests', models: '*', limit: 0 }]
    await api.expect(201, 'POST', '/api/plans', {
      name: 'counts',
      price: '0',
      period: 'free',
      models: ['counted'],
      exclusive: true,
      quotas,
    })
    calls = []
    for (const pair of PAIRS) calls.push(await arranged(world, pair))
    // What was changed at run time is in force for all of them at once.
  })
  after(async () => {
    await world?.stop()
  })

  for (const [index, [first, second]] of PAIRS.entries())
    test(`${first.code} before ${second.code}`, async () => {
      const refused = await (calls[index] ?? assert.fail())()
      const { code, also = [] } = json(refused) as { code: string; also?: string[] }
      assert.equal(code, first.code, refused.text.slice(0, 600))
      assert.deepEqual(also, first.alongside.includes(second.code) ? [second.code] : [])
    })
})

/** A customer to whom both apply, and the call that is refused. */
async function arranged(world: World, causes: readonly Cause[]): Promise<() => Promise<Answer>> {
  const { gateway } = world
  const afterOne = causes.some((cause) => cause.afterOne)
  // An answer costs 0.005, and twice as much is held for it.
  const credit = !causes.some(({ poor }) => poor) ? '1.00' : afterOne ? '0.0149' : '0.004'
  const customer = await gateway.customer(credit, Object.assign({}, ...causes.map(({ key }) => key)) as NewKey)
  if (afterOne) assert.equal((await gateway.chat(customer.key, BODY)).status, 200)
  for (const { make } of causes) await make?.(world, customer)
  const body = Object.assign({}, BODY, ...causes.map((cause) => cause.body)) as Record<string, unknown>
  const headers = Object.assign({}, ...causes.map((cause) => cause.headers)) as Record<string, string>
  return () => gateway.chat(customer.key, body, { headers })
}

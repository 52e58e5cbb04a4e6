/** Who pays for what is measured: customers of one gateway who differ in what is looked at before a request is served. */
import type { Customer, Gateway } from '../tests/support/gateway.ts'

const CREDIT = '100000.00'
const ROOM = 1_000_000_000
const CAP = { amount: CREDIT, period: 'month' } as const

/** Whose requests take every step of the throughput's: a key with a cap, and a wallet. */
export function payingCustomer(gateway: Gateway): Promise<Customer> {
  return gateway.customer(CREDIT, { cap: CAP })
}

/** A key and a wallet, and nothing else that could refuse. */
export function freeCustomer(gateway: Gateway): Promise<Customer> {
  return gateway.customer(CREDIT)
}

/**
 * Everything that can refuse: a plan with two quotas, caps of key, team and organization, rates of requests and tokens, and
 * concurrency. None of it is ever used up, and each request costs what it costs without them.
 */
export async function boundCustomer(gateway: Gateway): Promise<Customer> {
  const { api } = gateway
  const made = (path: string, body: Record<string, unknown>): Promise<{ id: string; key: string }> => api.expect(201, 'POST', path, body)
  await made('/api/plans', {
    name: 'bench',
    price: '0',
    period: 'free',
    models: ['bench*'],
    quotas: [
      { counts: 'requests', models: 'bench*', limit: ROOM },
      { counts: 'tokens', models: '*', limit: ROOM * 1_000 },
    ],
  })
  const { id: organization } = await made('/api/organizations', { name: 'Acme', cap: CAP })
  const { id: team } = await made(`/api/organizations/${organization}/teams`, { name: 'team', cap: CAP })
  const { id: application } = await made(`/api/organizations/${organization}/applications`, { name: 'app', team })
  const { id: keyId, key } = await made(`/api/applications/${application}/keys`, { name: 'key', cap: CAP, limits: LIMITS })
  await api.grant(organization, CREDIT)
  await made(`/api/organizations/${organization}/subscriptions`, { plan: 'bench' })
  return { organization, application, keyId, key }
}

const LIMITS = [
  { kind: 'requests', amount: ROOM, per: 'second' },
  { kind: 'tokens', amount: ROOM, per: 'second' },
  { kind: 'concurrency', amount: 10_000 },
]

import { ROUTES, ROUTE_NAMES, type RouteName, type RouteSpec } from '@faregate/contract'
import type { Harness } from './harness.ts'
import { WEATHER } from '../../../lifecycle/test/openapi/documents.ts'
import { offerPrice } from './offers.ts'
import type { Tenant } from './world.ts'

/** Opens a voucher that nobody has used. */
const VOUCHER_CODE = 'fgv_unused'

const UPSTREAM = {
  baseUrl: 'https://service.example',
  header: { name: 'x-api-key', value: 'sk-upstream-secret-that-nobody-may-see-9012' },
}

const STAGING = { upstream: { baseUrl: 'https://staging.example' } }

/** Bodies with which each route that takes one succeeds. */
export const BODIES: Partial<Record<RouteName, unknown>> = {
  createOrganization: { name: 'n' },
  updateOrganization: { name: 'renamed' },
  suspendOrganization: { reason: 'r' },
  resumeOrganization: {},
  setUserCap: { amount: '2.00', period: 'day' },
  setTagCap: { amount: '2.00', period: 'day' },
  createTeam: { name: 'n' },
  updateTeam: { name: 'renamed' },
  createMember: { name: 'n', email: 'n@example.com', role: 'viewer' },
  updateMember: { name: 'renamed' },
  createMemberToken: { name: 'n' },
  createRole: { name: 'n', permissions: ['usage:read'] },
  updateRole: { name: 'renamed' },
  createApplication: { name: 'n' },
  updateApplication: { name: 'renamed' },
  createKey: { name: 'n' },
  updateKey: { name: 'renamed' },
  rotateKey: {},
  createGrant: { amount: '1.00', reason: 'r' },
  reverseGrant: { amount: '0.10', reason: 'r' },
  refundRequest: { amount: '0.10', reason: 'r' },
  createProvider: { name: 'fresh', kind: 'openai', apiKey: 'sk-fresh-secret-that-nobody-may-see-1234' },
  updateProvider: { baseUrl: 'https://other.example/v1' },
  testProvider: {},
  createModel: { name: 'fresh', deployments: [{ provider: 'file-provider', model: 'm' }] },
  updateModel: { maxOutput: 5 },
  createApi: { name: 'fresh', prefix: '/fresh', upstream: UPSTREAM, routes: [{ method: 'GET', path: '/', price: '0.01' }] },
  updateApi: { timeouts: { firstByteMs: 5 } },
  checkDocument: { document: WEATHER },
  importApi: { document: WEATHER, free: true },
  updateApiDraft: { timeouts: { firstByteMs: 5 } },
  publishApi: { revision: 2, canary: { percent: 5 } },
  rollbackApi: { release: 1 },
  setApiCanary: { release: 1, percent: 5 },
  promoteApiCanary: { release: 3 },
  setApiApproval: { required: false },
  createApiRequest: { dropApproval: true },
  approveApiRequest: {},
  rejectApiRequest: { reason: 'r' },
  stageApi: { release: 1 },
  promoteStagedApi: { release: 1, base: 3 },
  deprecateApi: {},
  retireApi: {},
  reinstateApi: {},
  updateApiListing: { visibility: 'public' },
  setApiAlerts: { alerts: [{ kind: 'errors', above: '0.05' }] },
  testApi: {},
  createPrice: { provider: 'file-provider', model: 'fresh', price: { input: '1' } },
  updatePrice: { price: { input: '2' } },
  approvePrice: { reason: 'r' },
  rejectPrice: { reason: 'r' },
  createPlan: { name: 'fresh', price: '5.00', period: 'month', models: ['*'] },
  createSubscription: { plan: 'own-plan' },
  updateSubscription: { event: 'cancel' },
  decideSubscription: { decision: 'approve' },
  changeSubscription: { plan: 'own-plan', preview: true },
  createLimitRequest: { subject: { kind: 'cap', level: 'user', id: 'ann' }, reason: 'r' },
  decideLimitRequest: { decision: 'reject', reason: 'r' },
  updateSettings: { sliceTokens: 9 },
  createBackup: {},
  restoreBackup: { file: 'backup.sqlite' },
  createToken: { name: 'n', permissions: ['usage:read'] },
  createVoucher: { amount: '1.00', expiresAt: '2100-01-01T00:00:00Z' },
  redeemVoucher: { code: VOUCHER_CODE },
  createTopUp: { amount: '5.00' },
  createPaymentMethod: {},
  updatePaymentMethod: { default: true },
  setAutoTopUp: { below: '0.10', amount: '5.00', monthlyCeiling: '50.00' },
  createSubscriptionCheckout: { plan: 'paid-plan' },
  createTopUpRefund: { amount: '0.10', reason: 'r' },
  createCreditNote: { amount: '0.10', reason: 'r' },
  createWebhook: { url: 'https://receiver.example/hook', events: ['cap.80'] },
  createWebhookOfOrganization: { url: 'https://receiver.example/hook', events: ['cap.80'] },
  updateWebhook: { events: ['cap.100'] },
  testWebhook: {},
  replayWebhook: { since: '2020-01-01T00:00:00Z' },
}

/** Calls that begin what they name, where it is not there. */
export const BEGINNING: ReadonlySet<RouteName> = new Set(['importApi', 'updateApiDraft'])

/** Which id stands in the paths that begin so; the first that fits. */
const IDS: [prefix: string, id: (tenant: Tenant, installation: { token: string }, name: RouteName) => string][] = [
  ['/api/organizations', ({ organization }) => organization],
  ['/api/teams', ({ team }) => team],
  ['/api/members', ({ member }) => member],
  ['/api/roles', ({ role }) => role],
  ['/api/applications', ({ application }) => application],
  ['/api/keys', ({ key }) => key],
  ['/api/grants', ({ grant }) => grant],
  ['/api/invoices', ({ invoice }) => invoice],
  ['/api/denials', ({ denial }) => denial],
  ['/api/subscriptions', ({ subscription, asked }, _installation, name) => (name === 'decideSubscription' ? asked : subscription)],
  ['/api/tokens', ({ published }, { token }) => published?.token ?? token],
  ['/api/prices/pending', (_tenant, _installation, name) => `pc_own_${name}`],
  ['/api/vouchers', () => 'vo_own'],
  ['/api/webhooks', ({ webhook }) => webhook],
  ['/api/apis', () => '1'],
  ['/api/limit-requests', ({ limitRequest }) => limitRequest],
  ['/api/payment-methods', ({ paymentMethod }) => paymentMethod],
  ['/api/top-ups', ({ topUp }) => topUp],
]

/** Which id stands in the path of a route: one of this tenant, or of what belongs to the installation. */
export function pathOf(name: RouteName, tenant: Tenant, installation: { token: string }): string {
  const { path }: RouteSpec = ROUTES[name]
  const id = IDS.find(([prefix]) => path.startsWith(prefix))?.[1](tenant, installation, name) ?? tenant.request
  const named = NAMES.find(([prefix]) => path.startsWith(prefix))?.[1](tenant) ?? 'own-provider'
  const names = path.replace('{id}', id).replace('{number}', id).replace('{name}', named)
  return names.replace('{request}', `ar_${name}`).replace('{user}', 'ann').replace('{tag}', 'blue')
}

/** Which name stands in the paths that begin so. */
const NAMES: [prefix: string, name: (tenant: Tenant) => string][] = [
  ['/api/models', () => 'own-model'],
  ['/api/apis', ({ published }) => published?.api ?? 'own-api'],
  ['/api/plans', ({ published }) => published?.plan ?? 'own-plan'],
  ['/api/prices', () => 'own-provider%2Fown-model'],
]

/** A provider, a model, a price and a token that are in nobody's way. */
export async function createInstallation(api: Harness): Promise<{ token: string }> {
  const own = 'sk-own-secret-that-nobody-may-see-5678'
  await api.call('POST', '/api/providers', { body: { name: 'own-provider', kind: 'openai', apiKey: own } })
  await api.call('POST', '/api/providers', { body: { name: 'spare-provider', kind: 'openai', apiKey: own } })
  await api.call('POST', '/api/models', { body: { name: 'own-model', deployments: [{ provider: 'file-provider', model: 'm' }] } })
  const routes = [{ method: 'GET', path: '/{id}', price: '0.01' }]
  await api.call('POST', '/api/apis', { body: { name: 'own-api', prefix: '/own', upstream: UPSTREAM, staging: STAGING, routes } })
  await api.call('POST', '/api/apis/own-api/import', { body: { document: WEATHER, free: true } })
  await api.call('POST', '/api/apis/own-api/releases', { body: { revision: 1 } })
  await api.call('PATCH', '/api/apis/own-api/draft', { body: {} })
  for (const name of ['approveApiRequest', 'rejectApiRequest']) await askForNothing(api, `ar_${name}`)
  await api.call('POST', '/api/prices', { body: { provider: 'own-provider', model: 'own-model', price: { input: '1' } } })
  for (const name of ['approvePrice', 'rejectPrice']) await offerPrice(api, { id: `pc_own_${name}`, model: name })
  await insertVoucher(api, 'vo_own', 'fgv_own')
  await insertVoucher(api, 'vo_unused', VOUCHER_CODE)
  await api.call('POST', '/api/plans', { body: { name: 'paid-plan', price: '5.00', period: 'month', models: ['none'] } })
  const token = await api.call('POST', '/api/tokens', { body: { name: 'spare', permissions: ['usage:read'] } })
  await api.call('POST', '/api/backup', { body: {} })
  return { token: String(token.body.id) }
}

/** What somebody else asked for, on the release that is in force when it is decided. */
async function askForNothing(api: Harness, id: string): Promise<void> {
  const asked = { id, api: 'own-api', action: 'dropApproval', body: true, base: 1, changes: [], overridden: [] } as const
  const undecided = { state: 'pending', decidedBy: null, decidedAt: null, reason: null } as const
  const row = { ...asked, ...undecided, changes: [], overridden: [], askedBy: 'mt_0', person: 'mem_0', createdAt: 0 }
  await api.deps.store.write((trx) => trx.insertApiRequest(row))
}

async function insertVoucher(api: Harness, id: string, code: string): Promise<void> {
  const createdAt = api.clock.now()
  const row = { id, hash: api.deps.hashSecret(code), lastFour: code.slice(-4), amount: 1_000_000_000n, createdAt }
  await api.deps.store.write((trx) => trx.insertVoucher({ ...row, expiresAt: createdAt + 86_400_000 }))
}

/** What stands elsewhere than its method says: a canary ends before the next begins, and before what would end it. */
const RANKS: Partial<Record<RouteName, number>> = { stopApiCanary: 1.5, rollbackApi: 2.5, unstageApi: 3.5, restoreBackup: 9 }

/** Reading before changing, and what takes away last, so that one pass over all routes succeeds. */
export function routesInOrder(): RouteName[] {
  const rank = (name: RouteName) => RANKS[name] ?? ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'].indexOf(ROUTES[name].method)
  return ROUTE_NAMES.filter((name) => name !== 'createBackup').toSorted((a, b) => rank(a) - rank(b))
}

import { ROUTES, ROUTE_NAMES, type RouteName, type RouteSpec } from '@faregate/contract'
import type { Harness } from './harness.ts'
import { offerPrice } from './offers.ts'
import type { Tenant } from './world.ts'

/** Bodies with which each route that takes one succeeds. */
export const BODIES: Partial<Record<RouteName, unknown>> = {
  createOrganization: { name: 'n' },
  updateOrganization: { name: 'renamed' },
  suspendOrganization: { reason: 'r' },
  resumeOrganization: {},
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
  createPrice: { provider: 'file-provider', model: 'fresh', price: { input: '1' } },
  updatePrice: { price: { input: '2' } },
  approvePrice: { reason: 'r' },
  rejectPrice: { reason: 'r' },
  updateSettings: { sliceTokens: 9 },
  createBackup: {},
  restoreBackup: { file: 'backup.sqlite' },
  createToken: { name: 'n', permissions: ['usage:read'] },
}

/** Which id stands in the path of a route: one of this tenant, or of what belongs to the installation. */
export function pathOf(name: RouteName, tenant: Tenant, installation: { token: string }): string {
  const { path }: RouteSpec = ROUTES[name]
  const ids: [prefix: string, id: string][] = [
    ['/api/organizations', tenant.organization],
    ['/api/teams', tenant.team],
    ['/api/members', tenant.member],
    ['/api/roles', tenant.role],
    ['/api/applications', tenant.application],
    ['/api/keys', tenant.key],
    ['/api/grants', tenant.grant],
    ['/api/denials', tenant.denial],
    ['/api/tokens', installation.token],
    ['/api/prices/pending', `pc_own_${name}`],
  ]
  const [, id = tenant.request] = ids.find(([prefix]) => path.startsWith(prefix)) ?? []
  const named = path.startsWith('/api/models') ? 'own-model' : path.startsWith('/api/prices') ? 'own-provider%2Fown-model' : 'own-provider'
  return path.replace('{id}', id).replace('{name}', named)
}

/** A provider, a model, a price and a token that are in nobody's way. */
export async function createInstallation(api: Harness): Promise<{ token: string }> {
  const own = 'sk-own-secret-that-nobody-may-see-5678'
  await api.call('POST', '/api/providers', { body: { name: 'own-provider', kind: 'openai', apiKey: own } })
  await api.call('POST', '/api/providers', { body: { name: 'spare-provider', kind: 'openai', apiKey: own } })
  await api.call('POST', '/api/models', { body: { name: 'own-model', deployments: [{ provider: 'file-provider', model: 'm' }] } })
  await api.call('POST', '/api/prices', { body: { provider: 'own-provider', model: 'own-model', price: { input: '1' } } })
  for (const name of ['approvePrice', 'rejectPrice']) await offerPrice(api, { id: `pc_own_${name}`, model: name })
  const token = await api.call('POST', '/api/tokens', { body: { name: 'spare', permissions: ['usage:read'] } })
  await api.call('POST', '/api/backup', { body: {} })
  return { token: String(token.body.id) }
}

/** Reading before changing, and what takes away last, so that one pass over all routes succeeds. */
export function routesInOrder(): RouteName[] {
  const rank = (name: RouteName) => ['GET', 'POST', 'PATCH', 'DELETE'].indexOf(ROUTES[name].method) + (name === 'restoreBackup' ? 9 : 0)
  return ROUTE_NAMES.filter((name) => name !== 'createBackup').toSorted((a, b) => rank(a) - rank(b))
}

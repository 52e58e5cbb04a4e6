import { WEATHER } from '../../../lifecycle/test/openapi/documents.ts'
import type { Harness } from './harness.ts'
import { created, type Published, type Tenant } from './world.ts'

/** Has an organization publish an API, with a release and a draft, sell it by a plan that is not offered to everybody, and hold a token. */
export async function publish(api: Harness, { organization }: Tenant, name: string): Promise<Published> {
  const [service, plan] = [`api-of-${name}`, `plan-of-${name}`]
  const routes = [{ method: 'GET', path: '/{id}', price: '0.01' }]
  const upstream = { baseUrl: 'https://service.example' }
  await created(api, '/api/apis', { name: service, organization, upstream, routes, presentation: { title: service } })
  await api.call('POST', `/api/apis/${service}/import`, { body: { document: WEATHER, free: true } })
  await api.call('POST', `/api/apis/${service}/releases`, { body: { revision: 1, override: ['unsold'] } })
  await api.call('PATCH', `/api/apis/${service}/draft`, { body: { retries: 1 } })
  await api.call('PUT', `/api/apis/${service}/alerts`, { body: { alerts: [{ kind: 'errors', above: '0.05' }] } })
  const terms = { price: '0', period: 'free', apis: [service], listed: false, approval: true }
  await created(api, '/api/plans', { name: plan, organization, ...terms })
  const subscription = await created(api, `/api/organizations/${organization}/subscriptions`, { plan, reason: 'r' })
  const token = await created(api, '/api/tokens', { name, permissions: ['usage:read'], organization })
  return { api: service, plan, token, subscription }
}

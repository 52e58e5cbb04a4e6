import type { Gateway } from '../../../../tests/support/gateway.ts'
import type { Service } from '../../../../tests/support/service.ts'
import type { Upstream } from '../../../../tests/support/upstream.ts'

/** Of which the files say nothing but the variables. */
export const SECRETS: Record<string, string> = {
  PROVIDER_BACKUP_KEY: 'canary-provider-backup-0001',
  PROVIDER_BACKUP_2_KEY: 'canary-provider-backup-0002',
  API_WEATHER_HEADER_VALUE: 'canary-weather-header-0003',
  API_WEATHER_BASIC_SECRET: 'canary-weather-basic-0004',
}

const DOCUMENT = `openapi: 3.0.3
info: { title: Weather, version: '2' }
paths:
  /forecast/{city}:
    get:
      operationId: forecast
      summary: The weather of a city
      parameters:
        - { name: city, in: path, required: true, schema: { type: string, minLength: 2 } }
        - { name: days, in: query, schema: { type: integer, minimum: 1, maximum: 7 } }
      responses: { '200': { description: It, content: { application/json: { schema: { type: object } } } } }
  /status:
    get: { operationId: status, summary: How it is, responses: { '200': { description: Well } } }
`

type Body = Record<string, unknown>

/** Everything that a folder can hold, made call by call. */
export async function furnish({ api }: Gateway, service: Service, upstream: Upstream): Promise<void> {
  const post = (path: string, body: Body) => api.expect<Body>(201, 'POST', path, body)
  const patch = (path: string, body: Body) => api.expect<Body>(200, 'PATCH', path, body)
  await patch('/api/settings', { sliceTokens: 512, billing: { contact: 'billing@example.com', seller: { name: 'Seller ${HOME}' } } })
  const acme = await post('/api/organizations', {
    name: 'Acme & Söhne',
    zone: 'Europe/Berlin',
    priceFactor: '0.8',
    cap: { amount: '100', period: 'month' },
    userCap: { amount: '1.50', period: 'day' },
    limits: [{ kind: 'requests', amount: 100, per: 'minute' }],
    prices: [{ models: 'fast*', factor: '0.5' }],
    billing: { mode: 'arrears', creditLimit: '20' },
    billTo: { name: 'Acme', address: 'Street 1\nTown' },
  })
  const id = String(acme['id'])
  await post('/api/organizations', { name: 'acme  söhne' })
  await post(`/api/organizations/${id}/teams`, { name: 'Research', cap: { amount: '5.00', period: 'week' } })
  await post(`/api/organizations/${id}/roles`, { name: 'Buyer', permissions: ['plans:read', 'money:read'] })
  await post(`/api/organizations/${id}/webhooks`, { url: 'https://hooks.example.com/acme', events: ['balance.low'], balanceBelow: '2' })
  const hook = await post('/api/webhooks', { url: 'https://hooks.example.com/all', events: ['cap.100', 'api.alert'] })
  await patch(`/api/webhooks/${String(hook['id'])}`, { enabled: false })
  await post('/api/providers', {
    name: 'backup',
    kind: 'openai-compatible',
    baseUrl: upstream.url,
    keys: [
      { key: SECRETS['PROVIDER_BACKUP_KEY'], weight: 3 },
      { key: SECRETS['PROVIDER_BACKUP_2_KEY'], priority: 1 },
    ],
  })
  await post('/api/prices', { provider: 'backup', model: 'big/model', price: { input: '0.10', output: '0.4' } })
  await post('/api/models', {
    name: 'fast',
    deployments: [{ provider: 'backup', model: 'fast-1', weight: 2, parameters: { stop: [], note: 'costs ${NOTHING}' } }],
    price: { input: '1', output: '2.5' },
    maxOutput: 100,
    hiddenOutput: false,
  })
  await post('/api/models', { name: 'team/old', deployments: [{ provider: 'backup', model: 'old-1' }], price: { input: '1', output: '1' } })
  await patch('/api/models/team%2Fold', { retirement: { state: 'deprecated', sunset: '2030-01-01T00:00:00+01:00', successor: 'fast' } })
  await furnishApis({ post, patch }, service, id, api)
}

interface Calls {
  post: (path: string, body: Body) => Promise<Body>
  patch: (path: string, body: Body) => Promise<Body>
}

async function furnishApis({ post, patch }: Calls, service: Service, organization: string, api: Gateway['api']): Promise<void> {
  await patch('/api/apis/weather/draft', {
    document: DOCUMENT,
    upstream: {
      header: { name: 'x-secret', value: SECRETS['API_WEATHER_HEADER_VALUE'] },
      basic: { user: 'us', secret: SECRETS['API_WEATHER_BASIC_SECRET'] },
    },
    upstreams: [{ baseUrl: `${service.url}/` }, { baseUrl: `${service.url}/b`, weight: 2 }],
    routes: [
      { method: 'GET', path: '/forecast/{city}', price: '0.0020', chargeOn: ['2xx'] },
      { method: 'GET', path: '/status', free: true },
      { method: 'POST', path: '/forecast/*', price: '1', off: true },
    ],
    timeouts: { firstByteMs: 2000 },
    authentication: { key: { header: 'x-weather-key' }, basic: {} },
    identity: { headers: { consumer: 'x-consumer' }, assertion: {} },
    health: { failures: 5 },
    retries: 2,
    addresses: { deny: ['192.0.2.0/24'] },
    rewrite: { from: '/', to: '/v3' },
    requestHeaders: { set: { 'x-b': '1', 'x-a': '2' }, remove: ['x-c'] },
    responseHeaders: { remove: ['x-powered-by'] },
    hostHeader: 'caller',
    encodedSlashes: 'pass',
    validation: { request: 'enforce', response: 'report' },
    checks: { calls: [{ name: 'it is up', method: 'GET', path: '/status', expect: { status: 200, equal: { '/ok': true } } }] },
    presentation: { title: 'Weather', description: 'First line\n\nPrice is ${PRICE}\n', tags: ['sky'], contact: 'help@example.com' },
  })
  await post('/api/apis/weather/releases', { revision: 1, listing: { visibility: 'invitation', owner: 'Sky', invited: [organization] } })
  await api.expect(200, 'PUT', '/api/apis/weather/alerts', { alerts: [{ kind: 'errors', above: '0.05' }] })
  await post('/api/apis', {
    name: 'translate',
    prompt: {
      model: 'fast',
      system: 'You translate into {{language}}.\n',
      user: '{{text}}',
      variables: { text: { type: 'string' }, language: { type: 'string', enum: ['French', 'German'], default: 'French' } },
      output: { type: 'object', properties: { z: {}, a: { type: 'string' } } },
      temperature: 0.5,
    },
  })
  await post('/api/apis', {
    name: 'old-weather',
    organization,
    prefix: '/old/weather',
    upstream: { baseUrl: 'http://192.0.2.1' },
    routes: [{ method: '*', path: '/*', price: '0.01' }],
  })
  await api.expect(200, 'POST', '/api/apis/old-weather/deprecate', { successor: 'weather', link: 'https://example.com/move' })
  await post('/api/plans', {
    name: 'pro',
    price: '10',
    period: 'month',
    models: ['fast*'],
    apis: ['weather'],
    features: ['streaming', 'tools'],
    quotas: [{ counts: 'requests', apis: 'weather', limit: 1000, overage: '1.5' }],
    prices: [{ models: 'fast', price: { input: '0.5', output: '1' } }],
    limits: [{ kind: 'concurrency', amount: 5 }],
  })
  await post('/api/plans', { name: 'old-weather-basic', organization, price: '0', period: 'free', apis: ['old-weather'] })
}

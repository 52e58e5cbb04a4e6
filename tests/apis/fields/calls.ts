import { header, json } from '../../support/http.ts'
import { TokenServer } from '../token-server.ts'
import { shownAs, type Field, type Fields, type Places, type Seen } from './field.ts'

type Value = Record<string, unknown>

const ofUpstream = (places: Places, more: Value): Value => ({ upstream: { baseUrl: places.service.url, ...more } })
const ofRoute = (route: Value): Value => ({ routes: [{ method: 'GET', path: '/a', price: '0.01', ...route }] })

/** Two definitions that need nothing to be named. */
function fixed(a: Value, b: Value, see: Field['see']): Field {
  return { a: () => a, b: () => b, see }
}

async function statuses({ call }: Seen, ...paths: string[]): Promise<number[]> {
  return Promise.all(paths.map(async (path) => (await call(path)).status))
}

/** What the upstream got, without the path of the API. */
async function echoed({ call }: Seen, path = '/a', headers: Record<string, string> = {}): Promise<{ url: string; headers: Value }> {
  return json(await call(path, { headers })) as { url: string; headers: Value }
}

/** The headers of the last call that the upstream got, secrets included; or the refusal. */
async function sent({ call, places, name }: Seen): Promise<Value> {
  const answer = await call(`/seen-${name}`)
  return answer.status === 200 ? { ...places.service.callsOf(`/seen-${name}`).at(-1)?.headers } : { refused: json(answer)['code'] }
}

const authorization = async (seen: Seen) => {
  const { authorization: value, refused } = await sent(seen)
  return [value, refused]
}

const basic = (more: Value) => (places: Places) => ofUpstream(places, { basic: { user: 'one', secret: 'password-of-one-0001', ...more } })

const oauth = (more: (places: Places) => Value) => (places: Places) =>
  ofUpstream(places, {
    oauth: { tokenUrl: `${places.tokens.url}/one`, clientId: 'one', clientSecret: TokenServer.secret, ...more(places) },
  })

/** How a token begins: its end is a number that is another one each time. */
const token = async (seen: Seen) => String(await authorization(seen)).replace(/-\d+,$/, '')

/** What a call with a body of five bytes costs. */
const cost = async ({ call }: Seen) => header(await call('/a', { method: 'POST', body: 'bytes' }), 'faregate-cost')

const metered = (a: Value, b: Value): Field => fixed(ofMetered(a), ofMetered(b), cost)

const ofMetered = (what: Value): Value => ({ routes: [{ method: 'POST', path: '/a', metered: what }] })

const counted = (a: Value, b: Value): Field => {
  const units = { pointer: '/bytes', price: '0.01', most: 10 }
  return metered({ units: { ...units, ...a } }, { units: { ...units, ...b } })
}

/** Two definitions that differ in how connections to an upstream with TLS are made: what it saw of them. */
function tls(a: (places: Places) => Value, b: (places: Places) => Value, [first, second]: boolean[] = [false, false]): Field {
  return {
    a: (places) => ({ upstream: a(places), http2: first }),
    b: (places) => ({ upstream: b(places), http2: second }),
    see: async ({ call }) => {
      const { status, text } = await call('/connected')
      return status === 200 ? text : status
    },
  }
}

const said =
  (name: string): Field['see'] =>
  async ({ call }) =>
    header(await call('/a'), name)

/** Two definitions that differ in how a route goes. */
function going(a: Value, b: Value, see: Field['see']): Field {
  const others = ['/b', '/c'].map((path) => ({ method: 'GET', path, price: '0.01' }))
  const [first, second] = [a, b].map((more) => ({ retirement: { state: 'deprecated', since: '2026-01-31T00:00:00Z', ...more } }))
  const routes = (more: Value) => ({ routes: [...(ofRoute(more)['routes'] as Value[]), ...others] })
  return fixed(routes(first ?? {}), routes(second ?? {}), see)
}

/** Fields of a definition that change what one call is, costs, or says. */
export const CALL_FIELDS: Fields = {
  prefix: {
    a: (_places, name) => ({ prefix: `/${name}` }),
    b: (_places, name) => ({ prefix: `/${name}/moved` }),
    see: (seen) => statuses(seen, '/a', '/moved/a').then(([first]) => first),
  },
  'upstream.baseUrl': {
    a: (places) => ofUpstream(places, {}),
    b: ({ service }) => ({ upstream: { baseUrl: `${service.url}/v9` } }),
    see: async (seen) => (await echoed(seen)).url,
  },
  'upstream.header.name': {
    a: (places) => ofUpstream(places, { header: { name: 'authorization', value: 'secret-in-a-header-1' } }),
    b: (places) => ofUpstream(places, { header: { name: 'x-secret', value: 'secret-in-a-header-1' } }),
    see: async (seen) => (await sent(seen))['x-secret'],
  },
  'upstream.header.value': {
    a: (places) => ofUpstream(places, { header: { name: 'x-secret', value: 'secret-in-a-header-2' } }),
    b: (places) => ofUpstream(places, { header: { name: 'x-secret', value: 'secret-in-a-header-3' } }),
    see: async (seen) => (await sent(seen))['x-secret'],
  },
  'upstream.basic.user': { a: basic({}), b: basic({ user: 'two' }), see: authorization },
  'upstream.basic.secret': { a: basic({}), b: basic({ secret: 'password-of-one-0002' }), see: authorization },
  'upstream.mutualTls.certificate': tls(shownAs('one'), shownAs('two')),
  'upstream.mutualTls.key': tls(shownAs('one'), shownAs('two')),
  'upstream.ca[]': tls(shownAs('one'), (places) => ({ ...shownAs('one')(places), ca: [places.proofs.clients.certificate] })),
  http2: tls(shownAs('one'), shownAs('one'), [true, false]),
  'upstream.oauth.tokenUrl': { a: oauth(() => ({})), b: oauth(({ tokens }) => ({ tokenUrl: `${tokens.url}/two` })), see: token },
  'upstream.oauth.clientId': { a: oauth(() => ({})), b: oauth(() => ({ clientId: 'two' })), see: token },
  'upstream.oauth.clientSecret': { a: oauth(() => ({})), b: oauth(() => ({ clientSecret: 'secret-of-nobody-0003' })), see: token },
  'upstream.oauth.scopes[]': { a: oauth(() => ({ scopes: ['read'] })), b: oauth(() => ({ scopes: ['read', 'write'] })), see: token },
  'routes[].method': fixed(ofRoute({}), ofRoute({ method: 'POST' }), (seen) => statuses(seen, '/a')),
  'routes[].path': fixed(ofRoute({}), ofRoute({ path: '/b' }), (seen) => statuses(seen, '/a')),
  'routes[].price': fixed(ofRoute({}), ofRoute({ price: '0.02' }), async ({ call }) => header(await call('/a'), 'faregate-cost')),
  'routes[].metered.sent': metered({ sent: '0.001' }, { sent: '0.002' }),
  'routes[].metered.received': metered({ received: '0.001' }, { received: '0.002' }),
  'routes[].metered.units.pointer': counted({ pointer: '/bytes' }, { pointer: '/none' }),
  'routes[].metered.units.price': counted({ price: '0.01' }, { price: '0.02' }),
  'routes[].metered.units.most': counted({ most: 10 }, { most: 3 }),
  'routes[].metered.units.otherwise': counted({ pointer: '/none', otherwise: 1 }, { pointer: '/none', otherwise: 2 }),
  'routes[].free': fixed(
    ofRoute({}),
    { routes: [{ method: 'GET', path: '/a', free: true }] },
    async ({ poor }) => (await poor('/a')).status,
  ),
  'routes[].chargeOn[]': fixed(
    { routes: [{ method: 'GET', path: '/*', price: '0.01' }] },
    { routes: [{ method: 'GET', path: '/*', price: '0.01', chargeOn: ['4xx'] }] },
    async ({ call }) => header(await call('/status/404'), 'faregate-cost'),
  ),
  'routes[].webSocket': fixed(ofRoute({}), ofRoute({ webSocket: true }), (seen) => statuses(seen, '/a')),
  'routes[].retirement.state': going({}, { state: 'retired' }, (seen) => statuses(seen, '/a')),
  'routes[].retirement.since': going({}, { since: '2026-02-28T00:00:00Z' }, said('deprecation')),
  'routes[].retirement.sunset': going({}, { sunset: '2999-01-31T00:00:00Z' }, said('sunset')),
  'routes[].retirement.successor': going({ successor: '/b' }, { successor: '/c' }, async (seen) =>
    String(await said('link')(seen)).endsWith('/b>; rel="successor-version"'),
  ),
  'routes[].retirement.link': going({ link: 'https://one.example/' }, { link: 'https://two.example/' }, said('link')),
  'routes[].off': fixed(ofRoute({}), ofRoute({ off: true }), (seen) => statuses(seen, '/a')),
  'addresses.allow[]': fixed({ addresses: { allow: ['127.0.0.0/8'] } }, { addresses: { allow: ['10.0.0.0/8'] } }, (seen) =>
    statuses(seen, '/a'),
  ),
  'addresses.deny[]': fixed({ addresses: { deny: ['10.0.0.0/8'] } }, { addresses: { deny: ['127.0.0.1'] } }, (seen) =>
    statuses(seen, '/a'),
  ),
  'rewrite.from': fixed(
    { rewrite: { from: '/a', to: '/z' } },
    { rewrite: { from: '/b', to: '/z' } },
    async (seen) => (await echoed(seen, '/a/x')).url,
  ),
  'rewrite.to': fixed(
    { rewrite: { from: '/a', to: '/y' } },
    { rewrite: { from: '/a', to: '/z' } },
    async (seen) => (await echoed(seen, '/a/x')).url,
  ),
  'requestHeaders.set': fixed(
    { requestHeaders: { set: { 'x-tenant': 'blue' } } },
    { requestHeaders: { set: { 'x-tenant': 'red' } } },
    async (seen) => (await echoed(seen)).headers['x-tenant'],
  ),
  'requestHeaders.remove[]': fixed(
    { requestHeaders: { remove: ['x-one'] } },
    { requestHeaders: { remove: ['x-two'] } },
    async (seen) => (await echoed(seen, '/a', { 'x-one': '1' })).headers['x-one'],
  ),
  'responseHeaders.set': fixed(
    { responseHeaders: { set: { 'cache-control': 'no-store' } } },
    { responseHeaders: { set: { 'cache-control': 'no-cache' } } },
    async ({ call }) => header(await call('/a'), 'cache-control'),
  ),
  'responseHeaders.remove[]': fixed(
    { responseHeaders: { remove: ['etag'] } },
    { responseHeaders: { remove: ['x-own'] } },
    async ({ call }) => header(await call('/headers'), 'etag'),
  ),
  hostHeader: fixed({ hostHeader: 'upstream' }, { hostHeader: 'caller' }, async (seen) => (await echoed(seen)).headers['host']),
  'cache.priceFactor': fixed({ cache: { priceFactor: '0.5' } }, { cache: { priceFactor: '0' } }, async ({ call }) => {
    await call('/kept')
    return header(await call('/kept'), 'faregate-cost')
  }),
  encodedSlashes: fixed({ encodedSlashes: 'refuse' }, { encodedSlashes: 'pass' }, (seen) => statuses(seen, '/a%2Fb')),
}

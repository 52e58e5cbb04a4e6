import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ApiRoute } from '@faregate/core'
import { flawsOf, Prefixes, RESERVED_SEGMENTS } from '@faregate/lifecycle'

const ROUTE: ApiRoute = { method: 'GET', path: '/a', price: '0.01' }
const SOUND = { prefix: '/weather', upstream: { baseUrl: 'https://weather.example/v3' }, routes: [ROUTE] }

type Definition = Exclude<Parameters<typeof flawsOf>[0], { kind: 'prompt' } | { kind: 'model' }>

function places(changes: Partial<Definition>): string[] {
  return flawsOf({ ...SOUND, ...changes }).map(({ path }) => path.join('.'))
}

const route = (changes: Partial<ApiRoute>): Partial<Definition> => ({ routes: [{ ...ROUTE, ...changes }] })

const behind = (secrets: Definition['upstream']): Partial<Definition> => ({ upstream: { ...SOUND.upstream, ...secrets } })

test('a sound definition has no flaw', () => {
  assert.deepEqual(places({}), [])
  assert.deepEqual(places({ upstreams: [SOUND.upstream, { baseUrl: 'http://10.0.0.2:8000', weight: 3 }] }), [])
  assert.deepEqual(places({ upstream: { basic: { user: 'me' } }, upstreams: [SOUND.upstream] }), [])
  assert.deepEqual(places({ rewrite: { from: '/v1', to: '/2024-01/x.y' }, health: { check: { path: '/healthz?deep=1' } } }), [])
  assert.deepEqual(places({ requestHeaders: { set: { 'X-Tenant': 'blue\t1' }, remove: ['user-agent', 'Accept-Language'] } }), [])
  assert.deepEqual(places({ responseHeaders: { set: { 'cache-control': 'no-store' }, remove: ['Server'] } }), [])
  assert.deepEqual(places({ prefix: '/acme/weather-2' }), [])
  assert.deepEqual(places(route({ price: undefined, free: true })), [])
  for (const path of ['/', '/*', '/a/{id}/*', '/a.b/~c:d']) assert.deepEqual(places(route({ path })), [], path)
})

describe('what cannot be served or charged is named at its place', () => {
  for (const [what, changes, place] of [
    ['a price that is missing', route({ price: undefined }), 'routes.0.price'],
    ['a price of zero', route({ price: '0' }), 'routes.0.price'],
    ['a price that is none', route({ price: '1e3' }), 'routes.0.price'],
    ['a price of what is free', route({ free: true }), 'routes.0.free'],
    ['no class of answers', route({ chargeOn: [] }), 'routes.0.chargeOn'],
    ['a prefix without a slash', { prefix: 'weather' }, 'prefix'],
    ['a prefix that ends in a slash', { prefix: '/weather/' }, 'prefix'],
    ['a prefix with dots', { prefix: '/../weather' }, 'prefix'],
    ['an upstream that is none', { upstream: { baseUrl: 'weather.example' } }, 'upstream.baseUrl'],
    ['an upstream of another scheme', { upstream: { baseUrl: 'file:///etc' } }, 'upstream.baseUrl'],
    ['an upstream with a password', { upstream: { baseUrl: 'https://a:b@weather.example' } }, 'upstream.baseUrl'],
    ['an upstream with a query', { upstream: { baseUrl: 'https://weather.example/?key=1' } }, 'upstream.baseUrl'],
    ['a header of the connection', { upstream: { ...SOUND.upstream, header: { name: 'Host' } } }, 'upstream.header.name'],
    ['a header that is none', { upstream: { ...SOUND.upstream, header: { name: 'x key' } } }, 'upstream.header.name'],
    ['no upstream at all', { upstream: undefined }, 'upstream'],
    ['secrets without an upstream', { upstream: { header: { name: 'x-key' } } }, 'upstream'],
    ['an upstream of several that is none', { upstream: undefined, upstreams: [SOUND.upstream, { baseUrl: 'a' }] }, 'upstreams.1.baseUrl'],
    ['an upstream that is there twice', { upstreams: [SOUND.upstream, SOUND.upstream] }, 'upstreams.1.baseUrl'],
    ['one upstream beside others', { upstreams: [{ baseUrl: 'https://other.example' }] }, 'upstreams'],
    ['two that take Authorization', behind({ basic: { user: 'a' }, oauth: { tokenUrl: 'https://a.example/t?x=1' } }), 'upstream.oauth'],
    ['a header that Basic takes', behind({ header: { name: 'Authorization' }, basic: { user: 'a' } }), 'upstream.header.name'],
    ['a user with a colon', behind({ basic: { user: 'a:b' } }), 'upstream.basic.user'],
    ['a token address that is none', behind({ oauth: { tokenUrl: 'ftp://a' } }), 'upstream.oauth.tokenUrl'],
    ['a check that is no path', { health: { check: { path: 'healthz' } } }, 'health.check.path'],
    ['a rewrite of half a segment', { rewrite: { from: '/v1/', to: '/' } }, 'rewrite.from'],
    ['a rewrite to elsewhere', { rewrite: { from: '/v1', to: '/../b' } }, 'rewrite.to'],
    ["a header that is the gateway's own", { requestHeaders: { set: { 'Faregate-Cost': '0' } } }, 'requestHeaders.set.Faregate-Cost'],
    ['a header of one connection', { requestHeaders: { remove: ['x-a', 'Connection'] } }, 'requestHeaders.remove.1'],
    ['a secret in clear text', { requestHeaders: { set: { authorization: 'Bearer x' } } }, 'requestHeaders.set.authorization'],
    [
      'the header of the secret',
      { ...behind({ header: { name: 'X-Key' } }), requestHeaders: { set: { 'x-key': 'a' } } },
      'requestHeaders.set.x-key',
    ],
    ['a header in two lines', { responseHeaders: { set: { 'x-a': 'a\r\nb: c' } } }, 'responseHeaders.set.x-a'],
    ['a cookie of the whole host', { responseHeaders: { set: { 'set-cookie': 'a=b' } } }, 'responseHeaders.set.set-cookie'],
    ['how an answer is framed', { responseHeaders: { remove: ['content-length'] } }, 'responseHeaders.remove.0'],
    ['a path without a slash', route({ path: 'a' }), 'routes.0.path'],
    ['a path with an empty segment', route({ path: '/a//b' }), 'routes.0.path'],
    ['a path that leads elsewhere', route({ path: '/a/../b' }), 'routes.0.path'],
    ['a star in the middle', route({ path: '/*/a' }), 'routes.0.path'],
    ['a parameter without a name', route({ path: '/{}' }), 'routes.0.path'],
    ['half a parameter', route({ path: '/a{id}' }), 'routes.0.path'],
    [
      'the same route twice',
      {
        routes: [
          { ...ROUTE, path: '/{a}' },
          { ...ROUTE, path: '/{b}' },
        ],
      },
      'routes.1.path',
    ],
  ] as [string, Partial<Definition>, string][]) {
    test(what, () => assert.deepEqual(places(changes), [place]))
  }
  for (const segment of [
    'v1',
    'v1beta',
    'v2',
    'api',
    'mcp',
    'ollama',
    'denials',
    'problems',
    'healthz',
    'readyz',
    'metrics',
    'top-up',
    'payment-method',
    'docs',
  ]) {
    test(`/${segment} is the gateway's own`, () => {
      assert.ok(RESERVED_SEGMENTS.has(segment))
      assert.deepEqual(places({ prefix: `/${segment}` }), ['prefix'])
      assert.deepEqual(places({ prefix: `/${segment}/weather` }), ['prefix'])
    })
  }
})

test('the longest prefix of a path wins, and prefixes end with a segment', () => {
  const prefixes = new Prefixes([
    ['/a', 'a'],
    ['/a/b', 'b'],
    ['/a', 'a again'],
  ])
  const found = (path: string) => prefixes.find(path)
  assert.deepEqual(found('/a'), { value: 'a', rest: '' })
  assert.deepEqual(found('/a/'), { value: 'a', rest: '/' })
  assert.deepEqual(found('/a/c/d'), { value: 'a', rest: '/c/d' })
  assert.deepEqual(found('/a/b'), { value: 'b', rest: '' })
  assert.deepEqual(found('/a/b/c'), { value: 'b', rest: '/c' })
  for (const path of ['', '/', '/ab', '/b', '/A', '//a']) assert.equal(found(path), undefined, path)
})

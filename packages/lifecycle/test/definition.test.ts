import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ApiRoute } from '@faregate/core'
import { flawsOf, Prefixes, RESERVED_SEGMENTS } from '@faregate/lifecycle'

const ROUTE: ApiRoute = { method: 'GET', path: '/a', price: '0.01' }
const SOUND = { prefix: '/weather', upstream: { baseUrl: 'https://weather.example/v3' }, routes: [ROUTE] }

type Definition = Exclude<Parameters<typeof flawsOf>[0], { kind: 'prompt' }>

function places(changes: Partial<Definition>): string[] {
  return flawsOf({ ...SOUND, ...changes }).map(({ path }) => path.join('.'))
}

const route = (changes: Partial<ApiRoute>): Partial<Definition> => ({ routes: [{ ...ROUTE, ...changes }] })

test('a sound definition has no flaw', () => {
  assert.deepEqual(places({}), [])
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

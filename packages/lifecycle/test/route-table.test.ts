import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { ApiRoute } from '@faregate/core'
import { RouteTable } from '@faregate/lifecycle'

const TABLE = new RouteTable(
  (
    [
      ['GET', '/'],
      ['GET', '/items'],
      ['POST', '/items'],
      ['GET', '/items/new'],
      ['GET', '/items/{id}'],
      ['DELETE', '/items/{id}'],
      ['POST', '/items/special'],
      ['GET', '/items/{id}/parts/{part}'],
      ['GET', '/items/new/parts/all'],
      ['*', '/files/*'],
      ['GET', '/files/index'],
      ['PUT', '/files/{name}'],
    ] as const
  ).map(([method, path]): ApiRoute => ({ method, path, price: '1' })),
)

function found(method: string, path: string): string {
  const match = TABLE.find(method, path === '/' ? [] : path.slice(1).split('/'))
  if (match.kind === 'route') return match.route.name
  return match.kind === 'method' ? `allow ${match.allow.join(',')}` : 'nothing'
}

describe('a route is found by its path and method', () => {
  for (const [asked, expected] of [
    ['GET /', 'GET /'],
    ['GET /items', 'GET /items'],
    ['HEAD /items', 'GET /items'],
    ['POST /items', 'POST /items'],
    ['GET /items/new', 'GET /items/new'],
    ['GET /items/7', 'GET /items/{id}'],
    ['GET /items/special', 'GET /items/{id}'],
    ['POST /items/special', 'POST /items/special'],
    ['DELETE /items/new', 'DELETE /items/{id}'],
    ['GET /items/new/parts/all', 'GET /items/new/parts/all'],
    ['GET /items/new/parts/one', 'GET /items/{id}/parts/{part}'],
    ['GET /files', '* /files/*'],
    ['GET /files/index', 'GET /files/index'],
    ['POST /files/index', '* /files/*'],
    ['PUT /files/a', 'PUT /files/{name}'],
    ['PATCH /files/a/b/c', '* /files/*'],
    ['PUT /items', 'allow GET,HEAD,POST'],
    ['PROPFIND /files/a', 'allow GET,HEAD,POST,PUT,PATCH,DELETE'],
    ['GET /item', 'nothing'],
    ['GET /items/7/parts', 'nothing'],
  ] as const) {
    test(`${asked}: ${expected}`, () => {
      const [method = '', path = ''] = asked.split(' ')
      assert.equal(found(method, path), expected)
    })
  }
})

test('what is not there names its neighbours', () => {
  assert.deepEqual(TABLE.find('GET', ['item']), { kind: 'nothing', fitting: 0, literals: ['items', 'files'] })
})

test('a price is in nano-units; what an answer is charged for follows from its status', () => {
  const one = (route: Omit<ApiRoute, 'method' | 'path'>) => {
    const match = new RouteTable([{ method: 'GET', path: '/', ...route }]).find('GET', [])
    assert.ok(match.kind === 'route')
    return match.route
  }
  assert.equal(one({ price: '0.002' }).price, 2_000_000n)
  assert.equal(one({ free: true }).price, 0n)
  assert.equal(one({}).price, undefined)
  assert.deepEqual([200, 204, 302, 404, 500].map(one({ price: '1' }).charges), [true, true, true, false, false])
  assert.deepEqual([200, 302, 404, 500].map(one({ price: '1', chargeOn: ['4xx'] }).charges), [false, false, true, false])
})

/** How often finding a route looks into a node. */
function lookupsIn(t: TestContext, routes: number): number {
  const table = new RouteTable(
    Array.from({ length: routes }, (_, i): ApiRoute => ({ method: 'GET', path: `/r${i}/{id}/x${i}`, price: '1' })),
  )
  const { mock } = t.mock.method(Map.prototype, 'get')
  const { kind } = table.find('GET', ['r5', '7', 'x5'])
  const lookups = mock.callCount()
  mock.restore()
  assert.equal(kind, 'route')
  return lookups
}

test('finding a route takes as many lookups among 10,000 routes as among 10', (t) => {
  const few = lookupsIn(t, 10)
  assert.ok(few > 0)
  assert.equal(lookupsIn(t, 10_000), few)
})

test('a route that is switched off takes its calls all the same: no other does', () => {
  const table = new RouteTable([
    { method: 'GET', path: '/a', price: '1', off: true },
    { method: 'GET', path: '/{x}', price: '1' },
  ])
  const off = (segment: string) => {
    const match = table.find('GET', [segment])
    return match.kind === 'route' && match.route.off
  }
  assert.deepEqual([off('a'), off('b')], [true, false])
})

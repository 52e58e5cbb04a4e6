import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApiRoute } from '@faregate/core'
import { releaseChanges, type ApiChange } from '../src/index.ts'

const get = (path: string, more: Partial<ApiRoute> = { free: true }): ApiRoute => ({ method: 'GET', path, ...more })

function changes(before: ApiRoute[], after: ApiRoute[], documented: ApiChange[] = [], prefix = '/a'): string[] {
  return releaseChanges({ prefix: '/a', routes: before }, { prefix, routes: after }, documented).map(
    ({ kind, breaking, at, what }) => `${breaking ? 'breaking ' : ''}${kind} ${at}: ${what}`,
  )
}

test('routes that come, go, and cost something else are told; what a parameter is called is nothing', () => {
  assert.deepEqual(
    changes(
      [get('/b/{id}'), get('/gone'), get('/dear', { price: '0.1' }), get('/free')],
      [get('/b/{name}'), get('/new'), get('/dear', { price: '0.20' }), get('/free', { price: '1' })],
    ),
    [
      'breaking removed GET /gone: the route',
      'added GET /new: the route',
      'changed GET /dear: a call cost 0.10 and costs 0.20',
      'changed GET /free: a call cost nothing and costs 1.00',
    ],
  )
})

test('a route that is switched off is gone, one that is switched on is new; for which answers it is charged is told', () => {
  const off = get('/off', { off: true })
  assert.deepEqual(changes([get('/off')], [off]), ['breaking removed GET /off: the route'])
  assert.deepEqual(changes([off], [get('/off')]), ['added GET /off: the route'])
  assert.deepEqual(changes([off], [off]), [])
  const paid = (more: Partial<ApiRoute>) => [get('/paid', { price: '1', ...more })]
  assert.deepEqual(changes(paid({}), paid({ chargeOn: ['3xx', '2xx'] })), [])
  assert.deepEqual(changes(paid({}), paid({ chargeOn: ['2xx', '4xx'] })), [
    'changed GET /paid: answers were charged for 2xx, 3xx and are for 2xx, 4xx',
  ])
})

test('what breaks callers stands first, and what the documents say is not said twice', () => {
  const documented: ApiChange[] = [
    { kind: 'documentation', breaking: false, at: 'GET /b', what: 'the summary' },
    { kind: 'removed', breaking: true, at: 'GET /gone', what: 'the operation' },
  ]
  assert.deepEqual(changes([get('/b'), get('/gone')], [get('/b')], documented, '/moved'), [
    'breaking changed the prefix: it was /a and is /moved',
    'breaking removed GET /gone: the operation',
    'documentation GET /b: the summary',
  ])
})

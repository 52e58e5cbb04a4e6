import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { json, send } from '../support/http.ts'
import { refusalOf, world } from './world.ts'

describe('where an API may be called from', () => {
  const made = world(undefined, {
    trustedProxies: ['127.0.0.1'],
    addresses: { allow: ['10.0.0.0/8', '2001:db8::/32', '192.0.2.7'], deny: ['10.9.0.0/16', '2001:db8:bad::1'] },
  })

  for (const [from, status] of [
    ['10.1.2.3', 200],
    ['10.9.2.3', 403],
    ['11.1.2.3', 403],
    ['192.0.2.7', 200],
    ['192.0.2.8', 403],
    ['2001:db8::1', 200],
    ['2001:db8:bad::1', 403],
    ['2001:db8:bad::2', 200],
    ['2001:db9::1', 403],
    ['::ffff:10.1.2.3', 200],
    ['::ffff:10.9.2.3', 403],
    ['10.1.2.3:51234', 200],
    ['10.9.2.3:51234', 403],
    ['[2001:db8::1]:443', 200],
    ['[2001:db8:bad::1]:443', 403],
  ] as const) {
    test(`from ${from}, through a proxy that is trusted: ${status}`, async () => {
      const calls = made.service.calls.length
      const answer = await made.call('/a', { headers: { 'x-forwarded-for': from } })
      assert.equal(answer.status, status, answer.text)
      assert.equal(made.service.calls.length, calls + (status === 200 ? 1 : 0))
    })
  }

  test('the refusal names the address and not the lists, before money is asked for, and explain knows it', async () => {
    const { key } = await made.gateway.customer()
    const headers = { authorization: `Bearer ${key}`, 'x-forwarded-for': '11.1.2.3' }
    const answer = await made.call('/a', { headers })
    const problem = refusalOf(answer, 403, 'permission_denied')
    assert.equal(problem['detail'], 'The API "test" may not be called from 11.1.2.3.')
    assert.deepEqual([problem['required'], problem['granted'], problem['also']], [['address:11.1.2.3'], [], ['insufficient_balance']])
    assert.ok(!answer.text.includes('10.0.0.0'))
    const explained = await send(`${made.gateway.url}/v1/explain`, { body: { path: '/test/a' }, headers })
    assert.equal((json(explained)['verdict'] as Record<string, unknown>)['code'], 'permission_denied')
  })
})

describe('where addresses are denied alone', () => {
  const made = world(undefined, { trustedProxies: ['127.0.0.1'], addresses: { deny: ['203.0.113.0/24'] } })

  test('what a proxy writes with a port is read, and what cannot be read is denied', async () => {
    const from = async (address: string) => (await made.call('/a', { headers: { 'x-forwarded-for': address } })).status
    assert.deepEqual(
      await Promise.all(['203.0.113.7', '203.0.113.7:51234', 'unknown', '203.0.114.7:51234'].map(from)),
      [403, 403, 403, 200],
    )
  })
})

describe('where nothing is denied by a proxy that is not trusted', () => {
  const made = world(undefined, { addresses: { deny: ['127.0.0.0/8'] } })

  test('what it says of the way is not believed', async () => {
    refusalOf(await made.call('/a', { headers: { 'x-forwarded-for': '10.1.2.3' } }), 403, 'permission_denied')
  })
})

describe('a route that is switched off', () => {
  const made = world([
    { method: 'GET', path: '/off', price: '0.01', off: true },
    { method: 'GET', path: '/{any}', price: '0.02' },
  ])

  test('is refused by its name, nothing else takes its calls, and no hint leads there', async () => {
    const calls = made.service.calls.length
    const problem = refusalOf(await made.call('/off'), 404, 'route_unknown')
    assert.equal(problem['detail'], 'The route GET /off of the API "test" is switched off.')
    assert.deepEqual(problem['fixes'], [{ kind: 'configure', action: 'switch_route_on', by: 'operator', canYou: false }])
    assert.equal(made.service.calls.length, calls)
    assert.equal((await made.call('/on')).status, 200)
    const missed = refusalOf(await made.call('/offf/x'), 404, 'route_unknown')
    assert.deepEqual(missed['didYouMean'], [])
  })
})

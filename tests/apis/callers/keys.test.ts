import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { header, json, send } from '../../support/http.ts'
import { ANY, recordOf, refusalOf } from '../world.ts'
import { callers } from './world.ts'

/** The management API takes no such definition: it looks for the key. */
const MISTAKEN = {
  prefix: '/mistaken',
  upstream: { baseUrl: 'http://127.0.0.1:1' },
  routes: ANY,
  authentication: { public: { as: 'key_of_nobody' } },
}

describe('keys of callers, and callers without any', () => {
  const made = callers(() => ({ config: { apis: { mistaken: MISTAKEN } } }))

  test('a key is taken from the header that the API names, and goes no further', async () => {
    const { call, got } = await made.api({ authentication: { key: { header: 'X-Shop-Key' } } })
    const answer = await call('/named', { headers: { 'x-shop-key': made.customer.key, 'x-other': '1' } })
    assert.equal(answer.status, 200)
    assert.deepEqual([got('/named').headers['x-shop-key'], got('/named').headers['x-other']], [undefined, '1'])
    assert.equal((await recordOf(made, answer)).key, made.customer.keyId)
  })

  test('a key is taken from the parameter that the API names, which is left out of the query; the rest goes on as it came', async () => {
    const { call, got } = await made.api({ authentication: { key: { query: 'api_key' } } })
    const { key } = made.customer
    for (const query of [`a=%20b&api_key=${key}&c`, `api_key=${key}&a=%20b&c`, `a=%20b&api%5Fkey=${key}&c&api_key=x`]) {
      assert.equal((await call(`/query?${query}`)).status, 200, query)
      assert.equal(got('/query').url, '/query?a=%20b&c')
    }
    assert.equal((await call(`/alone?api_key=${key}`)).status, 200)
    assert.equal(got('/alone').url, '/alone')
  })

  test('the usual headers are taken beside them, and an API that names no place takes them alone', async () => {
    const { call } = await made.api({ authentication: { key: {} } })
    assert.equal((await call('/usual', { headers: { authorization: `Bearer ${made.customer.key}` } })).status, 200)
    assert.equal((await call('/usual', { headers: { 'x-api-key': made.customer.key } })).status, 200)
    refusalOf(await call(`/usual?api_key=${made.customer.key}`), 401, 'credential_missing')
  })

  test('whoever sends nothing is told what can be sent, and in which way HTTP calls it', async () => {
    const { call, name } = await made.api({ authentication: { key: { header: 'x-shop-key', query: 'api_key' } } })
    const answer = await call('/nothing')
    assert.match(String(refusalOf(answer, 401, 'credential_missing')['detail']), /"x-shop-key".*"api_key"/)
    assert.equal(header(answer, 'www-authenticate'), `Bearer realm="${name}"`)
    assert.equal(json(answer)['challenges'], undefined)
    const unknown = await call('/nothing', { headers: { 'x-shop-key': 'fg_wrong' } })
    refusalOf(unknown, 401, 'credential_invalid')
    assert.equal(header(unknown, 'www-authenticate'), `Bearer realm="${name}"`)
  })

  test('a public API is called without a credential, and the key that it names is charged', async () => {
    const owner = await made.gateway.customer('1.00')
    const { call } = await made.api({ authentication: { public: { as: owner.keyId } } })
    const answer = await call('/open')
    assert.deepEqual([answer.status, header(answer, 'faregate-cost')], [200, '0.01'])
    assert.equal((await recordOf(made, answer)).organization, owner.organization)
    await made.charged(owner.organization, 1)
  })

  test('a public API that takes keys as well serves them as themselves, and never takes a bad one for nobody', async () => {
    const owner = await made.gateway.customer('1.00')
    const caller = await made.gateway.customer('1.00')
    const { call } = await made.api({ authentication: { key: {}, public: { as: owner.keyId } } })
    assert.equal((await call('/either', { headers: { authorization: `Bearer ${caller.key}` } })).status, 200)
    refusalOf(await call('/either', { headers: { authorization: 'Bearer sk-of-somebody-else' } }), 401, 'credential_invalid')
    await made.charged(owner.organization, 0)
    await made.charged(caller.organization, 1)
  })

  test('what holds for the key of a public API holds for whoever calls it: disabled, it serves nobody', async () => {
    const owner = await made.gateway.customer('1.00')
    const { call } = await made.api({ authentication: { public: { as: owner.keyId } } })
    assert.equal((await call('/held')).status, 200)
    await made.gateway.api.expect(200, 'PATCH', `/api/keys/${owner.keyId}`, { enabled: false })
    refusalOf(await call('/held'), 401, 'key_disabled')
  })

  test('a public API that names a key that is not there is misconfigured, and its callers are not at fault', async () => {
    refusalOf(await send(`${made.gateway.url}/mistaken/a`), 500, 'gateway_misconfigured')
  })

  test('the upstream is told who calls, as it is, whatever the caller says', async () => {
    const names = { consumer: 'X-Consumer', application: 'x-application', keyId: 'x-key-id', subject: 'x-subject' }
    const { call, got } = await made.api({ identity: { headers: names } })
    const { organization, application, keyId, key } = made.customer
    const told = { 'x-consumer': 'org_other', 'x-subject': 'root' }
    assert.equal((await call('/told', { headers: { authorization: `Bearer ${key}`, ...told } })).status, 200)
    const { headers } = got('/told')
    assert.deepEqual(
      ['x-consumer', 'x-application', 'x-key-id', 'x-subject'].map((name) => headers[name]),
      [organization, application, keyId, undefined],
    )
    assert.equal(headers['authorization'], undefined)
  })

  for (const [what, members, pointer] of [
    ['no way at all', { authentication: {} }, '/authentication'],
    ['a header that frames a message', { authentication: { key: { header: 'content-length' } } }, '/authentication/key/header'],
    ['cookies', { authentication: { key: { header: 'cookie' } } }, '/authentication/key/header'],
    ['no name of a parameter', { authentication: { key: { query: 'a&b' } } }, '/authentication/key/query'],
    ['an identity in the header of a credential', { identity: { headers: { keyId: 'authorization' } } }, '/identity/headers/keyId'],
    [
      'an identity in a header that is set',
      { identity: { headers: { keyId: 'X-A' } }, requestHeaders: { set: { 'x-a': '1' } } },
      '/identity/headers/keyId',
    ],
    ['two identities in one header', { identity: { headers: { keyId: 'X-A', subject: 'x-a' } } }, '/identity/headers/subject'],
  ] as const) {
    test(`a definition with ${what} is refused where it is wrong`, async () => {
      const upstream = { baseUrl: made.service.url }
      const body = { name: 'flawed', prefix: '/flawed', upstream, routes: [{ method: 'GET', path: '/', free: true }], ...members }
      const refused = await made.gateway.api.call('POST', '/api/apis', body)
      assert.deepEqual([refused.status, json(refused)['pointer']], [400, pointer])
    })
  }
})

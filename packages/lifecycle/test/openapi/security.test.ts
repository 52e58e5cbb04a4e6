import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApiAuthentication } from '@faregate/core'
import { securityOf } from '../../src/openapi/security.ts'

const TOKEN_URL = 'https://gateway.example/api/oauth/token'

/** Each scheme by its name, as a document says it without words for people. */
function said(authentication: ApiAuthentication | undefined): [Record<string, unknown>, unknown] {
  const { schemes, security } = securityOf(authentication, TOKEN_URL)
  return [Object.fromEntries(Object.entries(schemes).map(([name, { description: _told, ...scheme }]) => [name, scheme])), security]
}

const bearer = { type: 'http', scheme: 'bearer' }
const cases: [what: string, authentication: ApiAuthentication | undefined, schemes: Record<string, unknown>][] = [
  ['a key, where nothing is said', undefined, { faregate: bearer }],
  [
    'a key in places of its own',
    { key: { header: 'X-Shop-Key', query: 'key' } },
    {
      faregate: bearer,
      keyInHeader: { type: 'apiKey', in: 'header', name: 'X-Shop-Key' },
      keyInQuery: { type: 'apiKey', in: 'query', name: 'key' },
    },
  ],
  ['Basic', { basic: {} }, { basic: { type: 'http', scheme: 'basic' } }],
  [
    'access tokens of the gateway',
    { oauth: {} },
    { oauth: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: TOKEN_URL, scopes: {} } } } },
  ],
  ['tokens of an issuer', { jwt: { issuer: 'a', audience: ['b'] } }, { jwt: { ...bearer, bearerFormat: 'JWT' } }],
  ['tokens that are asked about', { introspection: { url: 'https://a.example', clientId: 'b', issuer: 'a' } }, { token: bearer }],
  ['certificates', { mutualTls: { ca: [], issuer: 'a' } }, { mutualTls: { type: 'mutualTLS' } }],
  ['signatures', { signature: {} }, { signature: { type: 'http', scheme: 'signature' } }],
]

for (const [what, authentication, schemes] of cases) {
  test(`a document says how callers prove who they are: ${what}`, () => {
    assert.deepEqual(said(authentication), [schemes, Object.keys(schemes).map((name) => ({ [name]: [] }))])
  })
}

test('one of several is enough, and none at all where whoever sends nothing may call', () => {
  const [schemes, security] = said({ key: {}, basic: {}, public: { as: 'key_1' } })
  assert.deepEqual(
    [Object.keys(schemes), security],
    [
      ['faregate', 'basic'],
      [{ faregate: [] }, { basic: [] }, {}],
    ],
  )
  assert.deepEqual(said({ public: { as: 'key_1' } }), [{}, [{}]])
})

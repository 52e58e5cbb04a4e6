import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApiAuthentication } from '@faregate/core'
import { releaseChanges } from '../src/index.ts'

const jwt = { issuer: 'login', audience: ['shop'], jwksUrl: 'https://login.example/keys' }
const introspection = { url: 'https://login.example/ask', clientId: 'gateway', issuer: 'login' }
const mutualTls = { issuer: 'partners', ca: ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'] }

function changes(before: ApiAuthentication | undefined, after: ApiAuthentication | undefined): string[] {
  const of = (authentication: ApiAuthentication | undefined) => ({ prefix: '/a', routes: [], authentication })
  return releaseChanges(of(before), of(after), []).map(
    ({ kind, breaking, at, what }) => `${breaking ? 'breaking ' : ''}${kind} ${at}: ${what}`,
  )
}

const cases: [what: string, before: ApiAuthentication | undefined, after: ApiAuthentication | undefined, told: string[]][] = [
  ['nothing that is said and a key alone are the same', undefined, { key: {} }, []],
  ['a way that comes', undefined, { key: {}, basic: {} }, ['added who may call: Basic']],
  ['a way that goes', { key: {}, oauth: {} }, { key: {} }, ['breaking removed who may call: access tokens of the gateway']],
  ['keys that go', undefined, { signature: {} }, ['breaking removed who may call: a key', 'added who may call: signed requests']],
  [
    'another header',
    { key: { header: 'X-A' } },
    { key: { query: 'k' } },
    ['breaking removed who may call: a key in the header x-a', 'added who may call: a key in the query as k'],
  ],
  ['nobody any more', { key: {}, public: { as: 'key_1' } }, { key: {} }, ['breaking removed who may call: calls without a credential']],
  ['as another key', { public: { as: 'key_1' } }, { public: { as: 'key_2' } }, []],
  ['keys elsewhere', { jwt }, { jwt: { ...jwt, jwksUrl: 'https://login.example/other' } }, []],
  [
    'an audience more',
    { jwt },
    { jwt: { ...jwt, audience: ['shop', 'app'] } },
    ['added who may call: tokens of "login" that name the caller as "sub", for "app"'],
  ],
  [
    'algorithms less',
    { jwt },
    { jwt: { ...jwt, algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] } },
    ['breaking removed who may call: tokens that are signed with Ed25519'],
  ],
  [
    'algorithms more',
    { jwt: { ...jwt, algorithms: ['RS256'] } },
    { jwt: { ...jwt, algorithms: ['RS256', 'EdDSA'] } },
    ['added who may call: tokens that are signed with EdDSA'],
  ],
  [
    'any audience',
    { introspection: { ...introspection, audience: ['shop'] } },
    { introspection },
    ['added who may call: tokens that "login" is asked about, which name the caller as "sub"'],
  ],
  [
    'an audience alone',
    { introspection },
    { introspection: { ...introspection, audience: ['shop'] } },
    [
      'breaking removed who may call: tokens that "login" is asked about, which name the caller as "sub"',
      'added who may call: tokens that "login" is asked about, which name the caller as "sub", for "shop"',
    ],
  ],
  [
    'a scope that is wanted',
    { introspection },
    { introspection: { ...introspection, scopes: ['read'] } },
    ['breaking changed who may call: the scope "read" of tokens is wanted'],
  ],
  [
    'a scope that is not',
    { introspection: { ...introspection, scopes: ['read'] } },
    { introspection },
    ['changed who may call: the scope "read" of tokens is not wanted any more'],
  ],
  [
    'another authority',
    { mutualTls },
    { mutualTls: { ...mutualTls, ca: [] } },
    ['breaking removed who may call: certificates of "partners" by their subject, signed by the authority 709e80c88487a241'],
  ],
]

for (const [what, before, after, told] of cases) {
  test(`of how callers prove who they are, callers are told: ${what}`, () => assert.deepEqual(changes(before, after), told))
}

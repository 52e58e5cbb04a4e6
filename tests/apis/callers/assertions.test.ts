import assert from 'node:assert/strict'
import { createPublicKey, verify, type JsonWebKey } from 'node:crypto'
import { describe, test } from 'node:test'
import { json, send } from '../../support/http.ts'
import { claims, ISSUER, ISSUER_KEY, pemOf, token } from './issuer.ts'
import { callers } from './world.ts'

describe('what upstreams are told of callers, signed', () => {
  const made = callers()

  test('is a token that the published key checks, of who calls, for a short time; what a caller sends in its place is nothing', async () => {
    const { organization, application, keyId, key } = made.customer
    const { call, got, name } = await made.api({ identity: { assertion: {} } })
    const headers = { authorization: `Bearer ${key}`, 'faregate-assertion': 'forged' }
    assert.equal((await call('/told', { headers })).status, 200)
    const said = await checked(String(got('/told').headers['faregate-assertion']))
    const { iat, exp, ...who } = said
    assert.equal(Number(exp) - Number(iat), 60)
    assert.ok(Math.abs(Number(iat) - Date.now() / 1_000) < 60)
    assert.deepEqual(who, { iss: made.gateway.url, aud: name, sub: application, consumer: organization, application, key: keyId })
  })

  test('names whom the credential names, in the header and for the audience that the API says', async () => {
    const jwt = { issuer: ISSUER, audience: ['shop'], publicKeys: [pemOf(ISSUER_KEY)], as: made.customer.keyId }
    const assertion = { header: 'X-Who', audience: 'https://service.example', lifeSeconds: 5 }
    const { call, got } = await made.api({ authentication: { jwt }, identity: { assertion } })
    await call('/named', { headers: { authorization: `Bearer ${token(ISSUER_KEY, claims({ sub: 'anä' }))}`, 'x-who': 'forged' } })
    const said = await checked(String(got('/named').headers['x-who']))
    assert.deepEqual([said['sub'], said['aud'], Number(said['exp']) - Number(said['iat'])], ['anä', 'https://service.example', 5])
  })

  test('is signed with the same key after a restart', async () => {
    const before = await published()
    await made.gateway.kill('SIGTERM')
    await made.gateway.start()
    assert.deepEqual(await published(), before)
  })

  const published = async () => json(await send(`${made.gateway.url}/.well-known/jwks.json`))['keys'] as (JsonWebKey & { kid: string })[]

  /** What an assertion says, if it is signed with a published key. */
  async function checked(text: string): Promise<Record<string, unknown>> {
    const [head = '', body = '', signature = ''] = text.split('.')
    const { kid, alg } = JSON.parse(Buffer.from(head, 'base64url').toString()) as Record<string, unknown>
    const jwk = (await published()).find((one) => one.kid === kid)
    assert.ok(jwk)
    assert.deepEqual([alg, jwk['d']], ['EdDSA', undefined])
    assert.ok(
      verify(null, Buffer.from(`${head}.${body}`), createPublicKey({ key: jwk, format: 'jwk' }), Buffer.from(signature, 'base64url')),
    )
    return JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>
  }
})

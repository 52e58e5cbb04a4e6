import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ENGINES, type Engine } from '../../support/engines.ts'
import { header, json } from '../../support/http.ts'
import { recordOf, refusalOf } from '../world.ts'
import { claims, ISSUER, KeyServer, pemOf, signingKey, token } from './issuer.ts'
import { callers } from './world.ts'

const bearer = (text: string) => ({ headers: { authorization: `Bearer ${text}` } })

for (const { name, skip, block } of ENGINES) describe(`callers with a token that an issuer signed, on ${name}`, { skip }, block(tokens))

function tokens(engine: Engine): void {
  const made = callers(() => ({ ...engine.options, config: { issuerNetworks: ['127.0.0.0/8'] } }))
  const key = signingKey()
  const terms = { issuer: ISSUER, audience: ['shop', 'other'], publicKeys: [pemOf(signingKey('RS256')), pemOf(key)] }
  let server: KeyServer
  before(async () => {
    server = await new KeyServer().start()
  })
  after(() => server?.close())

  /** A customer whose key stands for somebody. */
  const standing = async (subject: string) => {
    const customer = await made.gateway.customer('1.00')
    await made.gateway.api.expect(200, 'PATCH', `/api/keys/${customer.keyId}`, { identity: { issuer: ISSUER, subject } })
    return customer
  }

  test('are served as the key that stands for whom it names, which is charged; the token goes no further', async () => {
    const ann = await standing('ann')
    const { call, got } = await made.api({ authentication: { jwt: terms }, identity: { headers: { subject: 'x-subject' } } })
    for (let i = 0; i < 2; i++) {
      const answer = await call('/jwt', bearer(token(key, claims({ aud: ['else', 'shop'] }))))
      assert.equal(answer.status, 200, answer.text)
      assert.equal((await recordOf(made, answer)).key, ann.keyId)
    }
    assert.deepEqual([got('/jwt').headers['x-subject'], got('/jwt').headers['authorization']], ['ann', undefined])
    await made.charged(ann.organization, 2)
  })

  test('a name for which no key stands is refused, until one does; or is served as the key that the API names', async () => {
    const sent = bearer(token(key, claims({ azp: 'client-1' })))
    const strict = await made.api({ authentication: { jwt: { ...terms, claim: 'azp' } } })
    const answer = await strict.call('/asked', sent)
    const [fix] = refusalOf(answer, 403, 'caller_unknown')['fixes'] as { command: string }[]
    assert.equal(fix?.command, `faregate key update KEY --issuer ${ISSUER} --subject client-1`)
    assert.equal(header(answer, 'www-authenticate'), undefined)
    const shared = await made.gateway.customer('1.00')
    const lenient = await made.api({ authentication: { jwt: { ...terms, claim: 'azp', as: shared.keyId } } })
    assert.equal((await recordOf(made, await lenient.call('/lenient', sent))).key, shared.keyId)
    const own = await standing('client-1')
    assert.equal((await recordOf(made, await lenient.call('/lenient', sent))).key, own.keyId)
    assert.equal((await strict.call('/asked', sent)).status, 200)
  })

  for (const [what, more, hint, head] of [
    ['another issuer', { iss: 'https://evil.example' }, /"iss"/],
    ['another audience', { aud: 'elsewhere' }, /"aud"/],
    ['no time at which it ends', { exp: undefined }, /no claim "exp"/],
    ['a time before which it is not good', { nbf: Math.floor(Date.now() / 1_000) + 600 }, /"nbf"/],
    ['no name', { sub: undefined }, /no claim "sub"/],
    ['a name that is none', { sub: { admin: true } }, /no claim "sub"/],
    ['an algorithm without a key', {}, /algorithm/, { alg: 'none' }],
    ['a secret in place of a key', {}, /algorithm/, { alg: 'HS256' }],
    ['critical extensions', {}, /cannot be read/, { crit: ['x'], x: 1 }],
  ] as const) {
    test(`${what}: refused, in the words of RFC 6750`, async () => {
      const { call, name } = await made.api({ authentication: { jwt: terms } })
      const answer = await call('/refused', bearer(token(key, claims(more), head)))
      assert.match(String(refusalOf(answer, 401, 'credential_invalid')['hint']), hint)
      assert.match(
        header(answer, 'www-authenticate') ?? '',
        new RegExp(`^Bearer realm="${name}", error="invalid_token", error_description="[^"]+", resource_metadata="[^"]+"$`),
      )
      assert.equal(made.service.callsOf('/refused').length, 0)
    })
  }

  test('a key that is not the issuer`s, and claims that were changed after they were signed, are refused', async () => {
    const { call } = await made.api({ authentication: { jwt: terms } })
    const [head, , signature] = token(key, claims()).split('.')
    const forged = `${head}.${Buffer.from(JSON.stringify(claims({ sub: 'root' }))).toString('base64url')}.${signature}`
    for (const text of [token(signingKey(), claims()), forged])
      assert.match(String(refusalOf(await call('/forged', bearer(text)), 401, 'credential_invalid')['hint']), /not signed by a key/)
  })

  test('a token whose time is over is told from one that is not good', async () => {
    const { call } = await made.api({ authentication: { jwt: terms } })
    const answer = await call('/over', bearer(token(key, claims({ exp: Math.floor(Date.now() / 1_000) - 60 }))))
    assert.match(String(refusalOf(answer, 401, 'token_expired')['detail']), /expired at 20/)
    assert.match(
      header(answer, 'www-authenticate') ?? '',
      /error="invalid_token", error_description="The token expired", resource_metadata=/,
    )
  })

  test('algorithms that the API does not name are not taken', async () => {
    const { call } = await made.api({ authentication: { jwt: { ...terms, algorithms: ['RS256'] } } })
    assert.match(String(json(await call('/algorithm', bearer(token(key, claims()))))['hint']), /algorithm/)
  })

  test('keys are fetched from the issuer once for all, and anew when it signs with another one', async () => {
    await standing('rotated')
    const [first, second] = [signingKey(), signingKey('RS256')]
    server.keys = [first]
    const asked = server.asked
    const { call } = await made.api({ authentication: { jwt: { issuer: ISSUER, audience: ['shop'], jwksUrl: `${server.url}/keys` } } })
    const statuses = async (by: typeof first, count: number) =>
      (
        await Promise.all(Array.from({ length: count }, (_, i) => call('/keys', bearer(token(by, claims({ sub: 'rotated', jti: i }))))))
      ).map(({ status }) => status)
    assert.deepEqual(
      await statuses(first, 10),
      Array.from({ length: 10 }, () => 200),
    )
    assert.equal(server.asked, asked + 1)
    server.keys = [second]
    const deadline = Date.now() + 15_000
    while ((await statuses(second, 1))[0] !== 200) assert.ok(Date.now() < deadline, 'the new key is taken')
    assert.equal(server.asked, asked + 2, 'keys that are not known do not have the issuer asked with each call')
    assert.deepEqual(await statuses(first, 1), [401])
  })

  test('an issuer that cannot be asked is nobody`s fault who calls: 502, nothing is charged, the address is not told', async () => {
    server.failing = 503
    for (const jwksUrl of [`${server.url}/keys`, 'http://127.0.0.1:1/keys', 'http://10.1.2.3/keys']) {
      const { call } = await made.api({ authentication: { jwt: { issuer: ISSUER, audience: ['shop'], jwksUrl } } })
      const answer = await call('/unasked', bearer(token(key, claims())))
      refusalOf(answer, 502, 'provider_error')
      assert.ok(!answer.text.includes(new URL(jwksUrl).host))
    }
    server.failing = undefined
  })

  test('a key of the gateway is taken beside tokens where the API says so, and is none of them', async () => {
    const { call } = await made.api({ authentication: { jwt: terms, key: {} } })
    assert.equal((await call('/beside', bearer(made.customer.key))).status, 200)
    const alone = await made.api({ authentication: { jwt: terms } })
    assert.match(
      String(refusalOf(await alone.call('/alone', bearer(made.customer.key)), 401, 'credential_missing')['detail']),
      /issuer\.example/,
    )
  })

  test('one key alone stands for somebody, the operator alone says for whom, and a rotated key hands it on', async () => {
    const { api } = made.gateway
    const [one, two] = [await standing('only'), await made.gateway.customer('1.00')]
    const identity = { issuer: ISSUER, subject: 'only' }
    assert.equal((await api.call('PATCH', `/api/keys/${two.keyId}`, { identity })).status, 409)
    const tokenOf = async (organization: string) =>
      (
        await api.expect<{ token: string }>(201, 'POST', '/api/tokens', {
          name: 't',
          organization,
          permissions: ['keys:write', 'keys:read'],
        })
      ).token
    const mine = { authorization: `Bearer ${await tokenOf(two.organization)}` }
    const refused = await api.call('PATCH', `/api/keys/${two.keyId}`, { identity: { issuer: ISSUER, subject: 'mine' } }, mine)
    assert.deepEqual([refused.status, json(refused)['code']], [403, 'permission_denied'])
    const next = await api.expect<{ id: string; identity: object }>(201, 'POST', `/api/keys/${one.keyId}/rotate`, { overlapSeconds: 60 })
    assert.deepEqual(next.identity, identity)
    assert.equal((await api.expect<{ identity: null }>(200, 'GET', `/api/keys/${one.keyId}`)).identity, null)
    const { call } = await made.api({ authentication: { jwt: terms } })
    assert.equal((await recordOf(made, await call('/handed', bearer(token(key, claims({ sub: 'only' })))))).key, next.id)
    await api.expect(204, 'DELETE', `/api/keys/${next.id}`)
    refusalOf(await call('/handed', bearer(token(key, claims({ sub: 'only' })))), 401, 'key_revoked')
    await api.expect(200, 'PATCH', `/api/keys/${two.keyId}`, { identity })
    assert.equal((await call('/handed', bearer(token(key, claims({ sub: 'only' }))))).status, 200)
  })

  for (const [what, jwt, pointer] of [
    ['neither keys nor where they are', { issuer: ISSUER, audience: ['a'] }, '/authentication/jwt'],
    ['both', { ...terms, jwksUrl: 'https://issuer.example/keys' }, '/authentication/jwt/publicKeys'],
    ['what is no address', { issuer: ISSUER, audience: ['a'], jwksUrl: 'https://a:b@issuer.example/keys' }, '/authentication/jwt/jwksUrl'],
    [
      'a private key',
      { ...terms, publicKeys: [key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()] },
      '/authentication/jwt/publicKeys/0',
    ],
  ] as const) {
    test(`a definition with ${what} is refused where it is wrong`, async () => {
      const upstream = { baseUrl: made.service.url }
      const body = {
        name: 'flawed',
        prefix: '/flawed',
        upstream,
        routes: [{ method: 'GET', path: '/', free: true }],
        authentication: { jwt },
      }
      const refused = await made.gateway.api.call('POST', '/api/apis', body)
      assert.deepEqual([refused.status, json(refused)['pointer']], [400, pointer])
    })
  }
}

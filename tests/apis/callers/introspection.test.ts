import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { header, json } from '../../support/http.ts'
import { recordOf, refusalOf } from '../world.ts'
import { Introspector } from './introspector.ts'
import { claims, ISSUER, ISSUER_KEY, pemOf, token } from './issuer.ts'
import { callers } from './world.ts'

const bearer = (text: string) => ({ headers: { authorization: `Bearer ${text}` } })

const soon = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds

describe('callers with a token about which who gave it is asked', () => {
  const made = callers(() => ({ config: { issuerNetworks: ['127.0.0.0/8'] } }))
  let server: Introspector
  let tokens = 0
  before(async () => {
    server = await new Introspector().start()
  })
  after(() => server?.close())

  const terms = (more: Record<string, unknown> = {}) => ({ url: `${server.url}/ask`, ...Introspector.client, issuer: ISSUER, ...more })
  const api = (more: Record<string, unknown> = {}, beside: Record<string, unknown> = {}) =>
    made.api({ authentication: { introspection: terms(more), ...beside } })
  /** A token that is good, of which this is said. */
  const given = (said: Record<string, unknown> = {}) => {
    const text = `opaque-${(tokens += 1)}`
    server.known.set(text, { sub: 'ann', exp: soon(60), ...said })
    return text
  }
  const timesAsked = (text: string) => server.asked.filter((one) => one === text).length
  const standing = async (subject: string) => {
    const customer = await made.gateway.customer('1.00')
    await made.gateway.api.expect(200, 'PATCH', `/api/keys/${customer.keyId}`, { identity: { issuer: ISSUER, subject } })
    return customer
  }
  before(() => standing('ann'))

  test('are served as the key that stands for whom it names, which is charged; the token goes no further', async () => {
    const bob = await standing('client-9')
    const { call, got } = await api({ claim: 'client_id' })
    const answer = await call('/asked', bearer(given({ client_id: 'client-9', iss: ISSUER })))
    assert.equal(answer.status, 200, answer.text)
    assert.equal((await recordOf(made, answer)).key, bob.keyId)
    assert.equal(got('/asked').headers['authorization'], undefined)
    await made.charged(bob.organization, 1)
  })

  test('however many calls carry one at once, it is asked about once, and again when it is remembered no longer', async () => {
    const text = given()
    const { call } = await api()
    const hold = Promise.withResolvers<void>()
    server.held = hold.promise
    const answers = Array.from({ length: 20 }, () => call('/once', bearer(text)))
    while (timesAsked(text) === 0) await new Promise(setImmediate)
    hold.resolve()
    assert.deepEqual(new Set((await Promise.all(answers)).map(({ status }) => status)), new Set([200]))
    assert.equal((await call('/once', bearer(text))).status, 200)
    assert.equal(timesAsked(text), 1)
    const forgetful = await api({ cacheSeconds: 0 })
    for (let i = 0; i < 2; i++) await forgetful.call('/anew', bearer(text))
    assert.equal(timesAsked(text), 3)
  })

  test('it is remembered no longer than it is good', async () => {
    const text = given({ exp: soon(1) })
    const { call } = await api({ cacheSeconds: 300 })
    await call('/short', bearer(text))
    while (Date.now() < (server.known.get(text)?.['exp'] as number) * 1_000) await new Promise((resolve) => setTimeout(resolve, 50))
    refusalOf(await call('/short', bearer(text)), 401, 'token_expired')
  })

  for (const [what, said, more, code, hint] of [
    ['one that is not active', undefined, {}, 'credential_invalid', /not good, or not any more/],
    ['another issuer', { iss: 'https://evil.example' }, {}, 'credential_invalid', /"iss"/],
    ['another audience', { aud: ['elsewhere'] }, { audience: ['shop'] }, 'credential_invalid', /"aud"/],
    ['no audience where one is wanted', {}, { audience: ['shop'] }, 'credential_invalid', /"aud"/],
    ['no name', { sub: undefined }, {}, 'credential_invalid', /no "sub"/],
    ['an end that is over', { exp: 1_700_000_000 }, {}, 'token_expired', undefined],
  ] as const) {
    test(`${what}: refused, in the words of RFC 6750`, async () => {
      const { call, name } = await api(more)
      const answer = await call('/refused', bearer(said === undefined ? 'unknown' : given(said)))
      const problem = refusalOf(answer, 401, code)
      if (hint !== undefined) assert.match(String(problem['hint']), hint)
      assert.match(header(answer, 'www-authenticate') ?? '', new RegExp(`^Bearer realm="${name}", error="invalid_token"`))
      assert.equal(made.service.callsOf('/refused').length, 0)
    })
  }

  test('a scope that is wanted and not there is a 403 that names it; with all of them the call is served', async () => {
    const { call } = await api({ scopes: ['read', 'write'] })
    const answer = await call('/scoped', bearer(given({ scope: 'read other' })))
    const problem = refusalOf(answer, 403, 'permission_denied')
    assert.deepEqual([problem['required'], problem['granted']], [['token:read', 'token:write'], ['token:read']])
    assert.match(header(answer, 'www-authenticate') ?? '', /error="insufficient_scope", scope="read write", resource_metadata=/)
    assert.equal((await call('/scoped', bearer(given({ scope: 'write read' })))).status, 200)
  })

  test('who cannot be asked is nobody`s fault who calls: 502, nothing is charged, the address is not told', async () => {
    const answers = []
    for (const failing of [
      { status: 503, body: '' },
      { status: 200, body: 'no JSON' },
      { status: 200, body: '{}' },
    ]) {
      server.failing = failing
      answers.push(await (await api()).call('/unasked', bearer(given())))
    }
    server.failing = undefined
    for (const url of ['http://127.0.0.1:1/ask', 'http://10.1.2.3/ask'])
      answers.push(await (await api({ url })).call('/unasked', bearer(given())))
    answers.push(await (await api({ clientSecret: 'another' })).call('/unasked', bearer(given())))
    for (const answer of answers) {
      refusalOf(answer, 502, 'provider_error')
      for (const address of [new URL(server.url).host, '10.1.2.3', '127.0.0.1:1/']) assert.ok(!answer.text.includes(address))
    }
    assert.equal(made.service.callsOf('/unasked').length, 0)
  })

  test('beside `jwt`, tokens in three parts are its own and nobody is asked about them, and all others are asked about', async () => {
    const jwt = { issuer: ISSUER, audience: ['shop'], publicKeys: [pemOf(ISSUER_KEY)] }
    const { call } = await api({}, { jwt })
    const signed = token(ISSUER_KEY, claims())
    assert.deepEqual([(await call('/mine', bearer(signed))).status, (await call('/mine', bearer(given()))).status], [200, 200])
    assert.equal(timesAsked(signed), 0)
    const alone = await api()
    server.known.set(signed, { sub: 'ann' })
    assert.equal((await alone.call('/mine', bearer(signed))).status, 200)
  })

  test('what opens something at the gateway is shown to nobody, whether or not it is taken', async () => {
    const { customer } = made
    const [alone, beside] = [await api(), await api({}, { key: {} })]
    refusalOf(await alone.call('/key', bearer(customer.key)), 401, 'credential_missing')
    assert.equal((await beside.call('/key', bearer(customer.key))).status, 200)
    assert.equal(timesAsked(customer.key), 0)
  })

  test('its secret is never shown, stays with a change without it, and is wanted where there is none', async () => {
    const { name, call } = await api()
    const path = `/api/apis/${name}`
    const { clientId, clientSecret } = Introspector.client
    const shown = await made.gateway.api.expect<{ authentication: { introspection: Record<string, unknown> } }>(200, 'GET', path)
    assert.deepEqual(shown.authentication.introspection, {
      url: `${server.url}/ask`,
      clientId,
      issuer: ISSUER,
      lastFour: clientSecret.slice(-4),
    })
    const { clientSecret: _kept, ...open } = terms({ cacheSeconds: 0 })
    await made.gateway.api.expect(200, 'PATCH', path, { authentication: { introspection: open } })
    assert.equal((await call('/kept', bearer(given()))).status, 200)
    const bare = await made.gateway.api.call('POST', '/api/apis', {
      name: 'bare',
      upstream: { baseUrl: made.service.url },
      routes: [{ method: 'GET', path: '/a', free: true }],
      authentication: { introspection: open },
    })
    assert.deepEqual([bare.status, json(bare)['pointer']], [400, '/authentication/introspection/clientSecret'])
    const exported = await made.gateway.api.call('GET', '/api/export')
    assert.doesNotMatch(exported.text, new RegExp(clientSecret))
  })
})

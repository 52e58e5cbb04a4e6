import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { header, json } from '../support/http.ts'
import { eventually, pause } from '../support/wait.ts'
import { several } from './several.ts'
import { TokenServer } from './token-server.ts'
import { recordOf, refusalOf } from './world.ts'

const PASSWORD = 'password-that-nobody-may-see-42'

describe('how an API is authenticated at its upstream', () => {
  const made = several(1)
  let tokens: TokenServer
  before(async () => {
    tokens = await new TokenServer().start()
  })
  after(() => tokens?.close())

  const service = () => made.services[0] ?? assert.fail()
  const api = (upstream: Record<string, unknown>, more: Record<string, unknown> = {}) =>
    made.api([{ baseUrl: service().url }], { upstream, ...more })
  const sentTo = (path: string) =>
    service()
      .callsOf(path)
      .map(({ headers }) => headers.authorization)
  const oauth = (more: Record<string, unknown> = {}) => ({
    oauth: { tokenUrl: `${tokens.url}/token`, clientId: 'shop', clientSecret: TokenServer.secret, ...more },
  })

  test("with Basic, whatever the caller's own key was sent as", async () => {
    const { call } = await api({ basic: { user: 'gäteway', secret: PASSWORD } })
    assert.equal((await call('/basic')).status, 200)
    assert.deepEqual(sentTo('/basic'), [`Basic ${Buffer.from(`gäteway:${PASSWORD}`).toString('base64')}`])
  })

  test('with a header and Basic at once', async () => {
    const { call } = await api({ header: { name: 'X-Secret', value: 'secret-beside-basic-1' }, basic: { user: 'a', secret: PASSWORD } })
    await call('/both')
    const seen = service().callsOf('/both').at(-1)?.headers
    assert.deepEqual([seen?.['x-secret'], seen?.authorization?.startsWith('Basic ')], ['secret-beside-basic-1', true])
  })

  test('no secret is shown, each is kept by a change without it, and goes with null', async () => {
    const { name, call } = await api(oauth({ scopes: ['read'] }))
    const path = `/api/apis/${name}`
    const shown = await made.gateway.api.expect<{ upstream: Record<string, unknown> }>(200, 'GET', path)
    const lastFour = TokenServer.secret.slice(-4)
    assert.deepEqual(shown.upstream['oauth'], { tokenUrl: `${tokens.url}/token`, clientId: 'shop', scopes: ['read'], lastFour })
    const changed = { oauth: { tokenUrl: `${tokens.url}/other`, clientId: 'shop' } }
    await made.gateway.api.expect(200, 'PATCH', path, { upstream: changed })
    await call('/changed')
    assert.match(String(sentTo('/changed').at(-1)), /^Bearer TOKEN-other-shop-none-/)
    await made.gateway.api.expect(200, 'PATCH', path, { upstream: { oauth: null } })
    await call('/gone')
    assert.deepEqual(sentTo('/gone'), [undefined])
  })

  test('with a token that is fetched once for all, however many call at once, and kept', async () => {
    const { call, charged } = await api(oauth({ scopes: ['read', 'write'] }))
    const asked = tokens.asked
    const answers = await Promise.all(Array.from({ length: 40 }, () => call('/at-once')))
    assert.ok(answers.every(({ status }) => status === 200))
    await call('/at-once')
    assert.equal(tokens.asked, asked + 1)
    assert.deepEqual([...new Set(sentTo('/at-once'))], [`Bearer TOKEN-token-shop-read+write-${tokens.asked}`])
    await charged(41)
  })

  test('and fetched anew when its time is over, and only then', async () => {
    tokens.life = 1
    const { call, name } = await api(oauth())
    await call('/short')
    await made.gateway.api.expect(200, 'PATCH', `/api/apis/${name}`, { timeouts: { firstByteMs: 5000 } })
    await call('/short')
    assert.equal(new Set(sentTo('/short')).size, 1, 'it outlives a change of something else')
    await pause(1_000)
    await call('/short')
    assert.equal(new Set(sentTo('/short')).size, 2)
    tokens.life = 3600
  })

  test('a check whose token was revoked asks with another one before that counts', async () => {
    const check = { path: '/asked', intervalMs: 1_000, unhealthy: 1 }
    const { call, name } = await api(oauth(), { health: { check } })
    await eventually(() => assert.ok(sentTo('/asked').length > 0))
    await pause(1_000)
    const [stale] = sentTo('/asked')
    service().refuses = (headers) => headers.authorization === stale
    await eventually(() => assert.notEqual(sentTo('/asked').at(-1), stale))
    assert.equal((await call('/after')).status, 200)
    assert.ok(!made.gateway.output.split('\n').some((line) => line.includes(`"${name}"`) && line.includes('fails its checks')))
    service().refuses = undefined
    await made.gateway.api.expect(200, 'PATCH', `/api/apis/${name}`, { health: null })
  })

  test('a token that the upstream refuses is fetched anew once, and the call made again and charged once', async () => {
    const { call, charged } = await api(oauth())
    await call('/first')
    await pause(1_000)
    const [stale] = sentTo('/first')
    service().refuses = (headers) => headers.authorization === stale
    const answers = await Promise.all(Array.from({ length: 10 }, () => call('/stale')))
    assert.ok(answers.every(({ status }) => status === 200))
    assert.equal(new Set(sentTo('/stale')).size, 2, 'one token was fetched for all of them')
    service().refuses = undefined
    await charged(11)
  })

  test('an upstream that refuses every token is asked twice at most, and the servers of tokens are not flooded', async () => {
    const { call, charged } = await api(oauth())
    service().refuses = () => true
    const asked = tokens.asked
    for (let i = 0; i < 5; i++) refusalOf(await call('/never'), 502, 'provider_auth_failed')
    assert.ok(sentTo('/never').length <= 6, `${sentTo('/never').length} calls`)
    assert.ok(tokens.asked - asked <= 2, `${tokens.asked - asked} tokens`)
    service().refuses = undefined
    await charged(0)
  })

  test('a body that went with a refused token is not sent twice: the next call has another token', async () => {
    const { call } = await api(oauth())
    await call('/body')
    await pause(1_000)
    const [stale] = sentTo('/body')
    service().refuses = (headers) => headers.authorization === stale
    refusalOf(await call('/body', { method: 'POST', body: 'once' }), 502, 'provider_auth_failed')
    assert.equal((await call('/body', { method: 'POST', body: 'again' })).status, 200)
    service().refuses = undefined
  })

  for (const [what, more, failing, status, code] of [
    [
      'who gives tokens does not accept the client',
      { clientSecret: 'another-secret-of-a-client-1' },
      undefined,
      502,
      'provider_auth_failed',
    ],
    ['who gives tokens fails', {}, 503, 502, 'provider_error'],
    ['who gives tokens is not there', { tokenUrl: 'http://127.0.0.1:1/token' }, undefined, 502, 'provider_error'],
  ] as const) {
    test(`${what}: ${code}, nothing is called or charged, and the operator is told`, async () => {
      const { call, charged } = await api(oauth(more))
      tokens.failing = failing
      const calls = service().calls.length
      const answer = await call('/untold')
      tokens.failing = undefined
      refusalOf(answer, status, code)
      for (const { url } of [service(), tokens]) assert.ok(!answer.text.includes(new URL(url).host), answer.text)
      assert.equal(service().calls.length, calls)
      assert.equal((await recordOf(made, answer)).cost, '0.00')
      await charged(0)
    })
  }

  test('`api test` says whether there is a token, and what the upstream makes of it', async () => {
    const good = await api(oauth())
    const bad = await api(oauth({ clientSecret: 'another-secret-of-a-client-2' }))
    const tested = (name: string) => made.gateway.api.expect<{ ok: boolean; message: string }>(200, 'POST', `/api/apis/${name}/test`, {})
    assert.equal((await tested(good.name)).ok, true)
    const { ok, message } = await tested(bad.name)
    assert.equal(ok, false)
    assert.match(message, /There is no token: .*HTTP 401 \(invalid_client\)/)
  })

  test('no answer of the upstream is taken for one about the caller', async () => {
    const { call } = await api({})
    service().refuses = () => true
    const answer = await call('/plain')
    service().refuses = undefined
    assert.equal(json(answer)['code'], 'provider_auth_failed')
    assert.equal(header(answer, 'www-authenticate'), undefined)
  })
})

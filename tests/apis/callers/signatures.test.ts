import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ENGINES, type Engine } from '../../support/engines.ts'
import { header, json, send } from '../../support/http.ts'
import type { Answer } from '../../support/http.ts'
import { recordOf, refusalOf } from '../world.ts'
import { signed, type Signer, type ToSign } from './sign.ts'
import { callers, type CalledApi } from './world.ts'

const SIGNED = { authentication: { signature: {} } }

for (const { name, skip, block } of ENGINES) describe(`callers who sign their requests, on ${name}`, { skip }, block(signatures))

type Forged = readonly [what: string, signed: Omit<ToSign, 'path'>, sent: Partial<ToSign>, hint: RegExp]

function signatures(engine: Engine): void {
  const made = callers(() => engine.options)

  /** Signs a request as it is sent, unless `sent` says that it is sent in another way. */
  const call = (
    api: CalledApi,
    signer: Signer,
    request: Omit<ToSign, 'path'> & { path?: string },
    sent: Partial<ToSign> = {},
  ): Promise<Answer> => {
    const { path = '/a' } = request
    const headers = signed(signer, { ...request, path: `/${api.name}${path}` })
    const { method = 'GET', query, body } = { ...request, ...sent }
    return api.call(`${sent.path ?? path}${query === undefined ? '' : `?${query}`}`, {
      method,
      headers: { ...headers, ...sent.headers },
      ...(body === undefined ? {} : { body }),
    })
  }

  test('are served as the key that signed, with query and body, and nothing of the signature goes further', async () => {
    const api = await made.api(SIGNED)
    const answer = await call(api, made.customer, { method: 'POST', path: '/signed', query: 'a=%20b', body: 'hello', alg: 'hmac-sha256' })
    assert.equal(answer.status, 200, answer.text)
    const { headers, url } = api.got('/signed')
    assert.equal(url, '/signed?a=%20b')
    assert.deepEqual([headers['signature'], headers['signature-input'], headers['content-digest']].slice(0, 2), [undefined, undefined])
    assert.equal((await recordOf(made, answer)).key, made.customer.keyId)
    assert.equal((await call(api, made.customer, { path: '/target', covered: ['@method', '@request-target'] })).status, 200)
  })

  test('the same signature is taken once: a replay is refused and charges nothing', async () => {
    const api = await made.api(SIGNED)
    const customer = await made.gateway.customer('1.00')
    const headers = signed(customer, { path: `/${api.name}/once` })
    assert.equal((await api.call('/once', { headers })).status, 200)
    const again = await api.call('/once', { headers })
    refusalOf(again, 401, 'signature_replayed')
    assert.equal(header(again, 'www-authenticate'), `Signature realm="${api.name}"`)
    assert.equal(made.service.callsOf('/once').length, 1)
    await made.charged(customer.organization, 1)
  })

  test('of many that come at once with one signature, one is served', async () => {
    const api = await made.api(SIGNED)
    const headers = signed(made.customer, { path: `/${api.name}/race` })
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.call('/race', { headers })))
    assert.deepEqual(
      [200, 401].map((one) => answers.filter(({ status }) => status === one).length),
      [1, 19],
    )
  })

  test('the nonces of one key are none of another', async () => {
    const api = await made.api(SIGNED)
    const other = await made.gateway.customer('1.00')
    assert.equal((await call(api, made.customer, { nonce: 'shared' })).status, 200)
    assert.equal((await call(api, other, { nonce: 'shared' })).status, 200)
  })

  test('a nonce is remembered over a restart', async () => {
    const api = await made.api(SIGNED)
    const headers = signed(made.customer, { path: `/${api.name}/kept` })
    assert.equal((await api.call('/kept', { headers })).status, 200)
    await made.gateway.kill('SIGTERM')
    await made.gateway.start()
    refusalOf(await send(`${made.gateway.url}/${api.name}/kept`, { headers }), 401, 'signature_replayed')
  })

  test('a signature of another time is refused, early as well as late, and one that has ended', async () => {
    const api = await made.api({ authentication: { signature: { windowSeconds: 60 } } })
    const now = Math.floor(Date.now() / 1_000)
    for (const time of [{ created: now - 90 }, { created: now + 90 }, { created: now - 20, expires: now - 10 }]) {
      const answer = await call(api, made.customer, time)
      assert.match(String(refusalOf(answer, 401, 'signature_expired')['detail']), /was signed at .* it is .* here/)
    }
    assert.equal((await call(api, made.customer, { created: now - 30, expires: now + 60 })).status, 200)
  })

  for (const [what, request, sent, hint] of [
    ['another method', {}, { method: 'DELETE' }, /not what the signing secret/],
    ['another path', {}, { path: '/b' }, /not what the signing secret/],
    ['another query', { query: 'a=1' }, { query: 'a=2' }, /not what the signing secret/],
    ['another header that is covered', { headers: { 'x-amount': '1' } }, { headers: { 'x-amount': '2' } }, /not what the signing secret/],
    ['another secret', { secret: 'fgs_guess' }, {}, /not what the signing secret/],
    ['no path', { covered: ['@method', '@query'] }, {}, /has to cover/],
    ['no query', { covered: ['@method', '@path'] }, {}, /has to cover/],
    ['what the request does not have', { covered: ['@method', '@path', '@query', '@status'] }, {}, /covers "@status"/],
    ['a body that is not covered', { method: 'POST' }, { body: 'hello' }, /has to cover "content-digest"/],
    ['another algorithm', { alg: 'rsa-pss-sha512' }, {}, /"hmac-sha256"/],
    ['nothing to read', {}, { headers: { 'signature-input': 'sig1=nothing' } }, /do not hold one signature/],
    ['no nonce', { nonce: '' }, {}, /no parameter "nonce"/],
  ] as const satisfies Forged[]) {
    test(`${what}: refused, and the upstream is not called`, async () => {
      const api = await made.api(SIGNED)
      const calls = made.service.calls.length
      const answer = await call(
        api,
        made.customer,
        { ...request, ...('covered' in request ? { covered: [...request.covered] } : {}) },
        sent,
      )
      assert.match(String(refusalOf(answer, 401, 'credential_invalid')['hint']), hint)
      assert.equal(made.service.calls.length, calls)
    })
  }

  test('a key that does not exist, and one that is disabled, are told apart', async () => {
    const api = await made.api(SIGNED)
    const gone = await made.gateway.customer('1.00')
    refusalOf(await call(api, { keyId: 'key_nobody', signingSecret: 'fgs_x' }, {}), 401, 'credential_invalid')
    await made.gateway.api.expect(200, 'PATCH', `/api/keys/${gone.keyId}`, { enabled: false })
    refusalOf(await call(api, gone, {}), 401, 'key_disabled')
  })

  test('another body than the signed one never reaches the upstream as a whole, is refused, and charges nothing', async () => {
    const api = await made.api(SIGNED)
    const customer = await made.gateway.customer('1.00')
    for (const [path, body] of [
      ['/forged-short', 'hello'],
      ['/forged-long', 'x'.repeat(3_000_000)],
    ] as const) {
      const answer = await call(api, customer, { method: 'POST', path, body }, { body: body.replace(/.$/, '!') })
      assert.match(String(refusalOf(answer, 401, 'credential_invalid')['hint']), /not the one whose hash was signed/)
      assert.ok(made.service.callsOf(path).every(({ hash }) => hash === ''))
    }
    assert.equal((await call(api, customer, { method: 'POST', path: '/whole', body: 'x'.repeat(3_000_000) })).status, 200)
    await made.charged(customer.organization, 1)
  })

  test('a signing secret is shown once, with the key, and is another one for a key that takes its place', async () => {
    const { keyId, signingSecret } = made.customer
    const shown = await made.gateway.api.expect<Record<string, unknown>>(200, 'GET', `/api/keys/${keyId}`)
    assert.equal(shown['signingSecret'], undefined)
    const next = await made.gateway.api.expect<Record<string, string>>(201, 'POST', `/api/keys/${keyId}/rotate`, { overlapSeconds: 600 })
    assert.match(String(next['signingSecret']), /^fgs_\w{38}$/)
    assert.notEqual(next['signingSecret'], signingSecret)
  })

  test('a signing secret that is sent as a key is told for what it is', async () => {
    const api = await made.api({ authentication: { key: {} } })
    const answer = await api.call('/a', { headers: { authorization: `Bearer ${made.customer.signingSecret}` } })
    assert.match(String(json(answer)['hint']), /never sent/)
  })
}

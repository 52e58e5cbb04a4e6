import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TokenSource } from '../../src/apis/upstreams/token.ts'
import type { UpstreamRequest, UpstreamSink } from '../../src/edge.ts'

const TERMS = { tokenUrl: 'https://id.example/token?tenant=1', clientId: 'the client', secret: 'a:b/c', scopes: ['read', 'write'] }

/** A source whose server answers as it is told, and a clock that is moved by hand. */
function source(answer: (call: number) => [status: number, body: unknown]) {
  const world = { now: 0, requests: [] as UpstreamRequest[] }
  const client = {
    send(request: UpstreamRequest, sink: UpstreamSink) {
      world.requests.push(request)
      const [status, body] = answer(world.requests.length)
      setImmediate(() => {
        sink.head(status, {})
        sink.data(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))
        sink.end()
      })
      return { pause: () => undefined, resume: () => undefined, abort: () => undefined }
    },
  }
  return { world, tokens: new TokenSource(TERMS, client, () => world.now) }
}

const token = (call: number, more: object = {}): [number, unknown] => [
  200,
  { access_token: `token-${call}`, token_type: 'bearer', expires_in: 3600, ...more },
]

test('asks with the credentials of the client, form-encoded within Basic, and the scopes', async () => {
  const { world, tokens } = source((call) => token(call))
  assert.deepEqual(await tokens.fetch(), { value: 'Bearer token-1' })
  const [{ origin, path, headers, body }] = world.requests as [UpstreamRequest]
  assert.deepEqual([origin, path], ['https://id.example', '/token?tenant=1'])
  assert.equal(Buffer.from(headers['authorization']?.slice(6) ?? '', 'base64').toString(), 'the+client:a%3Ab%2Fc')
  assert.equal((body as Buffer).toString(), 'grant_type=client_credentials&scope=read+write')
})

test('one token is fetched for all who wait, and kept until shortly before its end', async () => {
  const { world, tokens } = source((call) => token(call))
  const all = await Promise.all(Array.from({ length: 50 }, () => tokens.fetchIfNeeded()))
  assert.ok(all.every((one) => 'value' in one && one.value === 'Bearer token-1'))
  assert.equal(world.requests.length, 1)
  world.now = 3_569_999
  assert.equal(tokens.current(), 'Bearer token-1')
  world.now = 3_570_000
  assert.equal(tokens.current(), undefined)
  assert.deepEqual(await tokens.fetchIfNeeded(), { value: 'Bearer token-2' })
})

test('a short life leaves a tenth of it, and a life that is not told is five minutes', async () => {
  const { world, tokens } = source((call) => token(call, { expires_in: call === 1 ? '10' : undefined }))
  await tokens.fetch()
  world.now = 8_999
  assert.ok(tokens.current())
  world.now = 9_000
  assert.equal(tokens.current(), undefined)
  await tokens.fetch()
  world.now = 9_000 + 269_999
  assert.ok(tokens.current())
})

test('a token that was refused is fetched anew, once for all, and not while it is young', async () => {
  const { world, tokens } = source((call) => token(call))
  await tokens.fetch()
  assert.equal(tokens.refused('Bearer token-1'), false)
  world.now = 1_000
  assert.deepEqual([tokens.refused('Bearer token-1'), tokens.refused('Bearer token-1'), tokens.current()], [true, true, undefined])
  await tokens.fetch()
  assert.equal(tokens.refused('Bearer token-1'), true)
  assert.equal(tokens.current(), 'Bearer token-2', 'another one is there already')
})

for (const [what, status, body, found] of [
  ['credentials that are refused', 401, { error: 'invalid_client' }, /answered HTTP 401 \(invalid_client\)$/],
  ['an answer that is no token', 200, { token_type: 'bearer' }, /without an access token/],
  ['a token that cannot be sent', 200, { access_token: 'a\r\nb', token_type: 'bearer' }, /without an access token/],
  ['a token of another kind', 200, { access_token: 'a', token_type: 'mac' }, /none to bear/],
  ['an answer that is no JSON', 200, '<html>', /without an access token/],
  ['an error in strange words', 400, { error: 'the secret is a:b/c' }, /answered HTTP 400$/],
] as const) {
  test(`${what}: no token, and nothing of the answer but its code is told`, async () => {
    const { tokens } = source(() => [status, body])
    const answer = await tokens.fetch()
    assert.ok('refused' in answer)
    assert.match(answer.refused, found)
    assert.equal(tokens.current(), undefined)
  })
}

test('a server of tokens that fails is a failure, and the next call asks again', async () => {
  const { world, tokens } = source((call) => (call === 1 ? [503, ''] : token(call)))
  assert.ok('broken' in (await tokens.fetch()))
  assert.deepEqual(await tokens.fetchIfNeeded(), { value: 'Bearer token-2' })
  assert.equal(world.requests.length, 2)
})

import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { text as allOf } from 'node:stream/consumers'
import { test } from 'node:test'
import { chat, opened } from './support/server.ts'

interface Problem {
  code: string
  status: number
  limit?: Record<string, unknown>
}

test('a demo chat completion is served, metered and paid', async (t) => {
  const server = await opened(t)
  const { organization, key } = await server.customer()
  const answer = await chat(server.url, key)
  assert.equal(answer.status, 200)
  const cost = answer.headers.get('faregate-cost')
  const balance = (await (await server.api('GET', `/api/organizations/${organization}/balance`)).json()) as { posted: string; held: string }
  assert.equal(balance.posted, cost)
  assert.equal(balance.held, '0.00')
  const verified = (await (await server.api('GET', '/api/ledger/verify')).json()) as { ok: boolean }
  assert.equal(verified.ok, true)
})

test('a body beyond limits.bodyBytes is 413 request_too_large, on known and unknown paths alike', async (t) => {
  const server = await opened(t, { limits: { bodyBytes: 2048 } })
  const { key } = await server.customer()
  const big = { messages: [{ role: 'user', content: 'x'.repeat(4000) }] }
  const answer = await chat(server.url, key, big)
  assert.equal(answer.status, 413)
  const problem = (await answer.json()) as Problem
  assert.equal(problem.code, 'request_too_large')
  assert.equal(problem.limit?.['bytes'], 2048)
  assert.equal((await fetch(`${server.url}/nowhere`, { method: 'POST', body: 'x'.repeat(4000) })).status, 413)
})

test('a body of undeclared length is served up to limits.bodyBytes, and 413 beyond', async (t) => {
  const server = await opened(t, { limits: { bodyBytes: 100_000 } })
  const { key } = await server.customer()
  const sent = async (length: number): Promise<number> => {
    const body = JSON.stringify({ model: 'demo', max_tokens: 5, messages: [{ role: 'user', content: 'x'.repeat(length) }] })
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const options = { method: 'POST', headers, body: new Blob([body]).stream(), duplex: 'half' as const }
    return (await fetch(`${server.url}/v1/chat/completions`, options)).status
  }
  assert.equal(await sent(70_000), 200)
  assert.equal(await sent(110_000), 413)
})

test('whoever sends all of a body that is too large before reading gets the answer, and nothing behind it is served', async (t) => {
  const server = await opened(t)
  const { hostname, port } = new URL(server.url)
  const socket = connect(Number(port), hostname).pause()
  t.after(() => socket.destroy())
  const sent = (piece: string | Buffer): Promise<void> =>
    new Promise((resolve, reject) => socket.write(piece, (error) => (error == null ? resolve() : reject(error))))
  await sent('POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n')
  await sent('content-length: 50000000\r\n\r\n')
  for (let left = 50; left > 0; left -= 1) await sent(Buffer.alloc(1_000_000, 'x'))
  await sent('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n')
  const answers = (await allOf(socket)).match(/HTTP\/1\.1 \d+/g)
  assert.deepEqual(answers, ['HTTP/1.1 413'])
})

test('a head beyond limits.headerBytes is a problem with status 431', async (t) => {
  const server = await opened(t, { limits: { headerBytes: 4096 } })
  const answer = await fetch(`${server.url}/v1/models`, { headers: { 'x-long': 'x'.repeat(6000) } })
  assert.equal(answer.status, 431)
  const problem = (await answer.json()) as Problem
  assert.deepEqual([problem.code, problem.status], ['request_too_large', 431])
  assert.match(answer.headers.get('faregate-denial') ?? '', /^request_too_large/)
})

test('what is not HTTP is answered with a problem and cut', async (t) => {
  const server = await opened(t)
  const { port } = new URL(server.url)
  const text = await new Promise<string>((resolve, reject) => {
    let received = ''
    const socket = connect(Number(port), '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'))
    socket.on('data', (piece: Buffer) => (received += piece.toString()))
    socket.on('end', () => resolve(received))
    socket.on('error', reject)
  })
  assert.match(text, /^HTTP\/1\.1 400 /)
  assert.match(text, /"code":"request_invalid"/)
})

test('an unknown path is 404 route_unknown, below /api too, and a malformed one is a problem as well', async (t) => {
  const server = await opened(t)
  for (const path of ['/chat/completions', '/v1/v1/chat/completions', '/api/nowhere', '/favicon.ico']) {
    const answer = await fetch(server.url + path, { method: 'POST', body: '{' })
    assert.deepEqual([answer.status, ((await answer.json()) as Problem).code], [404, 'route_unknown'], path)
    assert.match(answer.headers.get('content-type') ?? '', /application\/problem\+json/)
  }
  const malformed = await fetch(`${server.url}/problems/%zz`)
  assert.equal(malformed.headers.get('content-type'), 'application/problem+json')
})

test('broken JSON to the management API is a 400 problem', async (t) => {
  const server = await opened(t)
  const answer = await fetch(`${server.url}/api/organizations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}` },
    body: '{',
  })
  assert.deepEqual([answer.status, ((await answer.json()) as Problem).code], [400, 'request_invalid'])
})

// `fetch` sends no other Host than the address has.
test('links come from publicUrl, or from where it listens, never from the Host header', async (t) => {
  for (const [publicUrl, base] of [
    ['https://gateway.example/', 'https://gateway.example'],
    [undefined, undefined],
  ]) {
    const server = await opened(t, publicUrl === undefined ? {} : { publicUrl })
    const { hostname, port } = new URL(server.url)
    const socket = connect(Number(port), hostname)
    socket.write('GET /nowhere HTTP/1.1\r\nhost: evil.example\r\nx-forwarded-host: evil.example\r\nconnection: close\r\n\r\n')
    const answer = await allOf(socket)
    assert.ok(answer.includes(`${base ?? server.url}/problems/route-unknown`), answer)
    assert.doesNotMatch(answer, /evil/)
  }
})

test('X-Forwarded-For counts in the log only from trustedProxies', async (t) => {
  for (const [trustedProxies, address] of [
    [['127.0.0.1'], '203.0.113.9'],
    [[], '127.0.0.1'],
  ] as const) {
    const server = await opened(t, { trustedProxies })
    await (await fetch(`${server.url}/nowhere`, { headers: { 'x-forwarded-for': '203.0.113.9' } })).text()
    const line = server
      .output()
      .split('\n')
      .find((text) => text.includes('"path":"/nowhere"'))
    assert.match(line ?? '', new RegExp(`"address":"${address}"`))
  }
})

test('no key, body or token gets into the log, even at the level debug', async (t) => {
  const server = await opened(t, { log: { level: 'debug' } })
  const { key } = await server.customer()
  await (await chat(server.url, key, { messages: [{ role: 'user', content: 'my secret words' }] })).text()
  await (await fetch(`${server.url}/v1/models`, { headers: { authorization: 'Bearer sk-proj-abcdefghijklmnop' } })).text()
  assert.match(server.output(), /"outcome":"served"/)
  for (const secret of [key, server.token, 'my secret words', 'sk-proj-abcdefghijklmnop']) assert.ok(!server.output().includes(secret))
})

test('served requests are logged at debug alone, refused ones at info', async (t) => {
  const server = await opened(t)
  const { key } = await server.customer()
  await (await chat(server.url, key)).text()
  await (await chat(server.url, key, { model: 'none' })).text()
  assert.doesNotMatch(server.output(), /"outcome":"served"/)
  assert.match(server.output(), /"denial":"model_unknown"/)
})

test('/healthz, /readyz and /metrics tell of the process, its reasons and its counts', async (t) => {
  const server = await opened(t)
  const { key } = await server.customer()
  await (await chat(server.url, key)).text()
  await (await chat(server.url, key, { model: 'a-name-that-no-model-has' })).text()
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200)
  const ready = (await (await fetch(`${server.url}/readyz`)).json()) as { ready: boolean; checks: { name: string }[] }
  assert.equal(ready.ready, true)
  assert.deepEqual(
    ready.checks.map(({ name }) => name),
    ['database', 'providers', 'disk', 'records', 'limits'],
  )
  const text = await (await fetch(`${server.url}/metrics`)).text()
  assert.match(text, /faregate_requests_total\{outcome="served",denial="none",model="demo"\} 1/)
  assert.match(text, /faregate_requests_total\{outcome="refused",denial="model_unknown",model="other"\} 1/)
  assert.match(text, /faregate_holds_open 0/)
  assert.match(text, /faregate_ledger_batch_size_count [1-9]/)
  assert.match(text, /faregate_request_duration_seconds_count\{model="demo"\} 1/)
  assert.match(text, /process_cpu_seconds_total/)
})

test('cors.origins decides which pages may call', async (t) => {
  const server = await opened(t, { cors: { origins: ['https://app.example'] } })
  const preflight = (origin: string) =>
    fetch(`${server.url}/v1/chat/completions`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } })
  assert.equal((await preflight('https://app.example')).headers.get('access-control-allow-origin'), 'https://app.example')
  assert.equal((await preflight('https://other.example')).headers.get('access-control-allow-origin'), null)
})

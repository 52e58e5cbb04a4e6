import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { answer, usage, words } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { nano } from '../support/decimal.ts'
import {
  closedBeforeHead,
  cutAfter,
  errorAfter,
  errorIn200,
  html,
  openaiError,
  resetAfter,
  resetAfterHead,
  resetBeforeHead,
  silentAfter,
  silentBeforeHead,
  status,
  truncatedJson,
} from '../support/faults.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { header, json } from '../support/http.ts'
import { chatStream } from '../support/sse.ts'
import { Upstream, startUpstream } from '../support/upstream.ts'
import type { Behaviour } from '../support/upstream.ts'

interface Case {
  name: string
  fault: Behaviour
  status: number
  code: string
  retryAfter?: string
}

const QUOTA = openaiError(
  'You exceeded your current quota, please check your plan and billing details.',
  'insufficient_quota',
  'insufficient_quota',
)
const RATE = openaiError('Rate limit reached for gpt-test in organization org-SECRET', 'requests', 'rate_limit_exceeded')
const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toUTCString()

/** Before the first byte: a whole refusal, whatever was asked for. */
const BEFORE: Case[] = [
  { name: 'resets before its head', fault: resetBeforeHead, status: 502, code: 'provider_error' },
  { name: 'closes before its head', fault: closedBeforeHead, status: 502, code: 'provider_error' },
  {
    name: 'answers 401',
    fault: status(401, openaiError('Incorrect API key provided: sk-up****test', 'invalid_request_error', 'invalid_api_key')),
    status: 502,
    code: 'provider_auth_failed',
  },
  {
    name: 'answers 403',
    fault: status(403, openaiError('Project SECRET has no access', 'invalid_request_error', null)),
    status: 502,
    code: 'provider_auth_failed',
  },
  {
    name: 'answers 402',
    fault: status(402, openaiError('Insufficient credits', 'billing_error', null)),
    status: 503,
    code: 'provider_account_unpaid',
  },
  { name: 'answers 429 insufficient_quota', fault: status(429, QUOTA), status: 503, code: 'provider_account_unpaid' },
  { name: 'answers 429', fault: status(429, RATE), status: 503, code: 'provider_rate_limited' },
  {
    name: 'answers 429 with Retry-After in seconds',
    fault: status(429, RATE, { 'retry-after': '7' }),
    status: 503,
    code: 'provider_rate_limited',
    retryAfter: '7',
  },
  {
    name: 'answers 429 with Retry-After as a date',
    fault: status(429, RATE, { 'retry-after': inSeconds(3_600) }),
    status: 503,
    code: 'provider_rate_limited',
    retryAfter: 'none',
  },
  {
    name: 'answers 429 with retry-after-ms',
    fault: status(429, RATE, { 'retry-after-ms': '2500' }),
    status: 503,
    code: 'provider_rate_limited',
    retryAfter: '3',
  },
  {
    name: 'answers 429 with nonsense in Retry-After',
    fault: status(429, RATE, { 'retry-after': 'soon' }),
    status: 503,
    code: 'provider_rate_limited',
  },
  { name: 'answers 500', fault: status(500, openaiError('boom at 10.1.2.3', 'server_error', null)), status: 502, code: 'provider_error' },
  {
    name: 'answers 503 in HTML',
    fault: status(503, '<html>down</html>', { 'content-type': 'text/html' }),
    status: 502,
    code: 'provider_error',
  },
  { name: 'answers HTML with 200', fault: html, status: 502, code: 'provider_error' },
  { name: 'answers an error object with 200', fault: errorIn200, status: 502, code: 'provider_error' },
  {
    name: 'redirects',
    fault: status(302, '', { location: 'http://169.254.169.254/latest/meta-data' }),
    status: 502,
    code: 'provider_error',
  },
  { name: 'is silent', fault: silentBeforeHead, status: 504, code: 'provider_timeout' },
]

/** In the middle: the answer ends in error within the stream, and what was delivered is charged. */
const DURING: Case[] = [
  { name: 'closes without an end', fault: cutAfter(5), status: 200, code: 'provider_error' },
  { name: 'resets', fault: resetAfter(5), status: 200, code: 'provider_error' },
  { name: 'sends an error object', fault: errorAfter(5), status: 200, code: 'provider_error' },
  { name: 'falls silent', fault: silentAfter(5), status: 200, code: 'provider_timeout' },
]

describe('an upstream that fails', () => {
  let upstream: Upstream
  let gateway: Gateway

  before(async () => {
    upstream = await startUpstream()
    const limits = { connectMs: 1_000, firstByteMs: 1_500, silenceMs: 1_500 }
    gateway = await startGateway({ config: configuration(upstream, { faulty: { price: { input: '0', output: '1000' } } }, { limits }) })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  for (const { name, fault, status: expected, code, retryAfter } of BEFORE) {
    for (const streaming of [false, true]) {
      test(`${name}${streaming ? ' (streaming asked for)' : ''}: ${expected} ${code}, nothing charged, nothing leaked`, async () => {
        const customer = await gateway.customer('1.00')
        upstream.on('faulty', fault)
        const result = await gateway.chat(customer.key, { model: 'faulty', max_tokens: 50, stream: streaming, messages: say() })
        assert.equal(result.status, expected, result.text)
        const problem = json(result)
        assert.equal(problem['code'], code)
        assert.equal(problem['charged'], false)
        assert.match(header(result, 'content-type') ?? '', /^application\/problem\+json/)
        if (retryAfter !== undefined) assert.equal(header(result, 'retry-after') ?? 'none', retryAfter)
        assertHonest(result.headers['retry-after'])
        assert.doesNotMatch(result.text, /SECRET|sk-up|10\.1\.2\.3|169\.254/)
        const balance = await assertSettled(gateway.api, customer.organization)
        assert.equal(nano(balance.posted), 0n)
        const record = await gateway.api.record(header(result, 'x-request-id') ?? '')
        assert.equal(record.denial, code)
        assert.equal(nano(record.cost), 0n)
        assert.ok(record.attempts.length >= 1)
        assert.equal((await gateway.api.records({ organization: customer.organization })).length, 1)
      })
    }
  }

  for (const [name, fault] of [
    ['resets after its head', resetAfterHead],
    ['truncates its JSON', truncatedJson],
  ] as const) {
    test(`${name}: 502 provider_error, nothing charged`, async () => {
      const customer = await gateway.customer('1.00')
      upstream.on('faulty', fault)
      const result = await gateway.chat(customer.key, { model: 'faulty', max_tokens: 50, messages: say() })
      assert.equal(result.status, 502, result.text)
      assert.equal(json(result)['code'], 'provider_error')
      assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 0n)
    })
  }

  for (const { name, fault, code } of DURING) {
    test(`S5: ${name} in mid-stream: an in-band error, no clean end, the delivered part charged (${code})`, async () => {
      const customer = await gateway.customer('1.00')
      upstream.on('faulty', fault)
      const result = await gateway.chat(customer.key, { model: 'faulty', max_tokens: 50, stream: true, messages: say() })
      const seen = chatStream(result.body)
      assert.equal(result.status, 200)
      assert.equal(seen.content, words(5))
      assert.ok(seen.error !== undefined, result.text)
      assert.match(JSON.stringify(seen.chunks.at(-1)), new RegExp(code))
      assert.ok(!seen.finishReasons.includes('stop'))
      for (const chunk of seen.chunks)
        assert.ok(chunk.choices !== undefined || chunk.error !== undefined, 'S7: every chunk has choices or error')
      assert.doesNotMatch(result.text, /10\.1\.2\.3/)
      const record = await gateway.api.record(header(result, 'x-request-id') ?? '')
      assert.equal(record.outcome, 'partial')
      assert.equal(record.estimated, true)
      assert.equal(record.denial, code)
      assert.equal(nano(record.cost), 5_000_000n)
      assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 5_000_000n)
    })
  }

  test('a stream that dies before any output is void, and ends in error', async () => {
    const customer = await gateway.customer('1.00')
    upstream.on('faulty', cutAfter(0))
    const result = await gateway.chat(customer.key, { model: 'faulty', max_tokens: 50, stream: true, messages: say() })
    if (result.status === 200) assert.ok(chatStream(result.body).error !== undefined, result.text)
    else assert.equal(result.status, 502)
    assert.equal(nano((await assertSettled(gateway.api, customer.organization)).posted), 0n)
  })

  test('an upstream that refuses connections is 502 provider_error, and is found again when it is back', async () => {
    const customer = await gateway.customer('1.00')
    const other = await startUpstream()
    const { port } = other
    await gateway.api.expect(201, 'POST', '/api/providers', {
      name: 'absent',
      kind: 'openai-compatible',
      baseUrl: other.url,
      apiKey: 'sk-x',
    })
    await gateway.api.expect(201, 'POST', '/api/models', {
      name: 'absent',
      deployments: [{ provider: 'absent', model: 'm' }],
      price: { input: '0', output: '1' },
    })
    await other.close()
    const body = { model: 'absent', max_tokens: 5, messages: say() }
    const refused = await gateway.chat(customer.key, body)
    assert.equal(refused.status, 502, refused.text)
    assert.equal(json(refused)['code'], 'provider_error')
    const again = await new Upstream().listen(port)
    again.on('m', answer(usage(1, 1)))
    assert.equal((await gateway.chat(customer.key, body)).status, 200)
    await again.close()
  })
})

/** Retry-After is seconds, at most sixty, or absent. */
function assertHonest(value: string | undefined): void {
  if (value === undefined) return
  assert.match(value, /^\d+$/)
  assert.ok(Number(value) <= 60)
}

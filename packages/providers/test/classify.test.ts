import assert from 'node:assert/strict'
import { test } from 'node:test'
import { classify } from '../src/index.ts'
import { parseDuration } from '../src/retry-after.ts'

type Headers = Record<string, string | string[] | undefined>

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0)

function classified(status: number, body: unknown = '', headers: Headers = {}): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const { action, code } = classify({ status, headers, body: text }, NOW)
  return `${action} ${code}`
}

function wait(headers: Headers, body = '', status = 429): number | undefined {
  return classify({ status, headers, body }, NOW).retryAfterMs
}

test("E3: our key's 401 and 403 rotate the key", () => {
  assert.equal(
    classified(401, { error: { code: 'invalid_api_key', message: 'Incorrect API key provided' } }),
    'rotate provider_auth_failed',
  )
  assert.equal(classified(403, '<html>'), 'rotate provider_auth_failed')
  assert.equal(
    classified(400, { code: 'Client specified an invalid argument', error: 'Incorrect API key provided: xa***. You can obtain…' }),
    'rotate provider_auth_failed',
  )
  assert.equal(
    classified(400, [{ error: { code: 400, message: 'API key not valid. Please pass a valid API key.', status: 'INVALID_ARGUMENT' } }]),
    'rotate provider_auth_failed',
  )
})

test('E4: an account that is refused or unpaid waits for as long as its vendor says outright, not for limits of its rate', () => {
  for (const status of [401, 402, 403]) {
    assert.equal(wait({ 'retry-after': '30' }, '', status), 30_000, String(status))
    assert.equal(wait({ 'retry-after-ms': '1500' }, '', status), 1_500, String(status))
    assert.equal(
      wait({ 'x-ratelimit-reset-requests': '20ms', 'x-ratelimit-remaining-requests': '9' }, '', status),
      undefined,
      String(status),
    )
  }
  assert.equal(wait({ 'retry-after': '30' }, '', 400), undefined)
})

test("E3: the operator's empty account is told apart, whatever the status", () => {
  const unpaid = 'rotate provider_account_unpaid'
  assert.equal(classified(402), unpaid)
  assert.equal(
    classified(402, { error: { message: 'Insufficient Balance', type: 'unknown_error', code: 'invalid_request_error' } }),
    unpaid,
  )
  assert.equal(
    classified(429, {
      error: { message: 'You exceeded your current quota', type: 'insufficient_quota', param: null, code: 'insufficient_quota' },
    }),
    unpaid,
  )
  assert.equal(classified(403, { type: 'error', error: { type: 'billing_error', message: 'x' } }), unpaid)
  assert.equal(
    classified(400, {
      type: 'error',
      error: { type: 'invalid_request_error', message: 'Your credit balance is too low to access the API.' },
    }),
    unpaid,
  )
  assert.equal(classified(400, { error: { message: 'Credit balance too low' } }), unpaid)
  assert.equal(
    classified(429, {
      error: {
        message: 'Your account org-1 is suspended due to insufficient balance, please recharge',
        type: 'exceeded_current_quota_error',
      },
    }),
    unpaid,
  )
})

test('a prompt that is repeated in a rejection cannot pass for an unpaid account or a bad key', () => {
  for (const message of [
    "Invalid value: 'insufficient balance'",
    "Invalid 'content': credit balance is too low",
    "Unknown role: 'invalid api key'",
  ]) {
    assert.equal(classified(400, { error: { message, type: 'invalid_request_error', code: 'invalid_value' } }), 'surface provider_rejected')
  }
})

for (const status of [400, 404, 413, 415, 422]) {
  test(`${status} is about the request and is passed on`, () => {
    assert.equal(
      classified(status, { error: { message: 'no such thing', type: 'invalid_request_error', code: 'model_not_found' } }),
      'surface provider_rejected',
    )
    assert.equal(classified(status), 'surface provider_rejected')
  })
}

for (const status of [301, 302, 307, 405, 408, 409, 418, 500, 502, 503, 504, 522, 529, 599]) {
  test(`${status} is the upstream's own failure: another deployment is tried`, () => {
    assert.equal(classified(status, '<html>'), 'fallback provider_error')
  })
}

test('429 rotates the key; quota words without a quota code do not make it unpaid', () => {
  assert.equal(
    classified(429, { error: { message: 'Rate limit reached', type: 'tokens', code: 'rate_limit_exceeded' } }),
    'rotate provider_rate_limited',
  )
  assert.equal(
    classified(429, [
      {
        error: {
          code: 429,
          message: 'You exceeded your current quota, please check your plan and billing details.',
          status: 'RESOURCE_EXHAUSTED',
        },
      },
    ]),
    'rotate provider_rate_limited',
  )
})

test('E4: the wait comes from retry-after-ms, Retry-After in seconds or as a date', () => {
  assert.equal(wait({ 'retry-after-ms': '1500', 'retry-after': '60' }), 1500)
  assert.equal(wait({ 'retry-after': '20' }), 20_000)
  assert.equal(wait({ 'retry-after': '0.5' }), 500)
  assert.equal(wait({ 'retry-after': ['7'] }), 7_000)
  assert.equal(wait({ 'retry-after': 'Sun, 22 Nov 2026 12:00:30 GMT' }), 30_000)
  assert.equal(wait({ 'retry-after': 'Sun, 22 Nov 2026 12:00:30 GMT', date: 'Sun, 22 Nov 2026 12:00:20 GMT' }), 10_000)
  assert.equal(wait({ 'retry-after': 'Sun, 22 Nov 2026 11:00:00 GMT' }), 0)
  assert.equal(wait({ 'retry-after': '3' }, '', 503), 3_000)
})

test('E4: the wait comes from the reset of the limit that is used up', () => {
  const headers = {
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '6m0s',
    'x-ratelimit-remaining-tokens': '10',
    'x-ratelimit-reset-tokens': '9m',
  }
  assert.equal(wait(headers), 360_000)
  assert.equal(wait({ 'x-ratelimit-reset-requests': '120ms', 'x-ratelimit-reset-tokens': '1ms' }), 120)
  assert.equal(wait({ 'x-ratelimit-reset': String(NOW + 5_000) }), 5_000)
  assert.equal(wait({ 'x-ratelimit-reset': String(NOW / 1000 + 5) }), 5_000)
  assert.equal(wait({}, '{"error":{"details":[{"retryDelay":"37s"}]}}'), 37_000)
})

test('E4: what cannot be read is no wait', () => {
  for (const headers of [
    {},
    { 'retry-after': 'soon' },
    { 'retry-after': '-5' },
    { 'retry-after': '' },
    { 'x-ratelimit-reset-requests': 'later' },
  ]) {
    assert.equal(wait(headers), undefined, JSON.stringify(headers))
  }
})

test('durations are read as Go writes them', () => {
  const cases: [string, number | undefined][] = [
    ['6m0s', 360_000],
    ['1h2m3.5s', 3_723_500],
    ['120ms', 120],
    ['17.5ms', 18],
    ['900µs', 1],
    ['1d', 86_400_000],
    ['5', undefined],
    ['', undefined],
    ['5x', undefined],
  ]
  for (const [text, ms] of cases) assert.equal(parseDuration(text), ms, text)
})

test("E4: Anthropic's limits tell the moment of their reset, and the one that is used up counts", () => {
  const headers = {
    'anthropic-ratelimit-requests-remaining': '0',
    'anthropic-ratelimit-requests-reset': '2026-11-22T12:00:07Z',
    'anthropic-ratelimit-tokens-remaining': '100',
    'anthropic-ratelimit-tokens-reset': '2026-11-22T12:10:00Z',
  }
  assert.equal(wait(headers), 7_000)
  assert.equal(wait({ ...headers, 'retry-after': '3' }), 3_000)
})

test('E3: Anthropic that is overloaded is an outage for others to cover, and says so with a status of its own', () => {
  assert.equal(classified(529, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }), 'fallback provider_error')
})

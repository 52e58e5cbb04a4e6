import assert from 'node:assert/strict'
import { test } from 'node:test'
import { classifyBedrock } from '../../src/bedrock/classify.ts'

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0)

function classified(status: number, name: string, message = 'no luck', headers: Record<string, string> = {}): string {
  const inHeader = classifyBedrock(
    { status, headers: { 'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/`, ...headers }, body: JSON.stringify({ message }) },
    NOW,
  )
  const inBody = classifyBedrock(
    { status, headers, body: JSON.stringify({ __type: `com.amazon.coral.service#${name}`, Message: message }) },
    NOW,
  )
  assert.deepEqual(inBody, inHeader)
  return `${inHeader.action} ${inHeader.code}`
}

const CASES: [status: number, name: string, expected: string][] = [
  [403, 'AccessDeniedException', 'rotate provider_auth_failed'],
  [403, 'UnrecognizedClientException', 'rotate provider_auth_failed'],
  [403, 'ExpiredTokenException', 'rotate provider_auth_failed'],
  [403, 'InvalidSignatureException', 'rotate provider_auth_failed'],
  [400, 'IncompleteSignature', 'rotate provider_auth_failed'],
  [400, 'RequestExpired', 'rotate provider_auth_failed'],
  [400, 'NotAuthorized', 'rotate provider_auth_failed'],
  [429, 'ThrottlingException', 'rotate provider_rate_limited'],
  [400, 'ThrottlingException', 'rotate provider_rate_limited'],
  [400, 'ServiceQuotaExceededException', 'rotate provider_rate_limited'],
  [429, 'ModelNotReadyException', 'fallback provider_error'],
  [408, 'ModelTimeoutException', 'fallback provider_error'],
  [424, 'ModelErrorException', 'fallback provider_error'],
  [500, 'InternalServerException', 'fallback provider_error'],
  [503, 'ServiceUnavailableException', 'fallback provider_error'],
  [400, 'ValidationException', 'surface provider_rejected'],
  [404, 'ResourceNotFoundException', 'surface provider_rejected'],
]

for (const [status, name, expected] of CASES) {
  test(`E3: ${status} ${name}: ${expected}`, () => assert.equal(classified(status, name), expected))
}

test("E3: the operator's payment and standing are told apart from what callers do", () => {
  const denied = 'Model access is denied due to INVALID_PAYMENT_INSTRUMENT:A valid payment instrument must be provided.'
  assert.equal(classified(403, 'AccessDeniedException', denied), 'rotate provider_account_unpaid')
  assert.equal(classified(400, 'ValidationException', 'Operation not allowed'), 'rotate provider_auth_failed')
  assert.equal(
    classified(404, 'ResourceNotFoundException', 'Model use case details have not been submitted for this account.'),
    'rotate provider_auth_failed',
  )
})

test('a prompt that is repeated in a rejection cannot pass for an unpaid account', () => {
  for (const message of ['Malformed input: INVALID_PAYMENT_INSTRUMENT', "The word 'Operation not allowed' is not a tool"]) {
    assert.equal(classified(400, 'ValidationException', message), 'surface provider_rejected')
  }
})

test('E4: how long to wait is read where it is said', () => {
  const failure = { status: 429, headers: { 'x-amzn-errortype': 'ThrottlingException', 'retry-after': '7' }, body: '{}' }
  assert.equal(classifyBedrock(failure, NOW).retryAfterMs, 7000)
})

test('an error without a known name is judged by its status', () => {
  const of = (status: number): string => classifyBedrock({ status, headers: {}, body: '<html>' }, NOW).code
  assert.deepEqual([401, 403, 429, 400, 502].map(of), [
    'provider_auth_failed',
    'provider_auth_failed',
    'provider_rate_limited',
    'provider_rejected',
    'provider_error',
  ])
})

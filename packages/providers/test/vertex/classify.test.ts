import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { classifyVertex } from '../../src/vertex/classify.ts'

const folder = process.env['FAREGATE_RECORDED']
const skip = folder === undefined ? 'SKIPPED: FAREGATE_RECORDED is not set, no recording of Google is read' : false

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0)

function classified(status: number, error: unknown): string {
  const body = JSON.stringify({ error })
  const single = classifyVertex({ status, headers: {}, body }, NOW)
  assert.deepEqual(classifyVertex({ status, headers: {}, body: `[${body}\n]` }, NOW), single)
  return `${single.action} ${single.code}`
}

const CASES: [status: number, rpc: string, message: string, expected: string][] = [
  [400, 'INVALID_ARGUMENT', 'Unable to submit request because it has an empty text parameter.', 'surface provider_rejected'],
  [400, 'FAILED_PRECONDITION', 'Publisher Model `claude` is not servable in region us-east1.', 'fallback provider_error'],
  [401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.', 'rotate provider_auth_failed'],
  [403, 'PERMISSION_DENIED', "Permission 'aiplatform.endpoints.predict' denied on resource.", 'rotate provider_auth_failed'],
  [403, 'PERMISSION_DENIED', 'This API method requires billing to be enabled.', 'rotate provider_account_unpaid'],
  [404, 'NOT_FOUND', 'Publisher Model `projects/secret-project/…` was not found.', 'fallback provider_error'],
  [429, 'RESOURCE_EXHAUSTED', 'Resource exhausted. Please try again later.', 'rotate provider_rate_limited'],
  [499, 'CANCELLED', 'The operation was cancelled.', 'fallback provider_error'],
  [500, 'INTERNAL', 'Internal error encountered.', 'fallback provider_error'],
  [503, 'UNAVAILABLE', 'The model is overloaded.', 'fallback provider_error'],
  [504, 'DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.', 'fallback provider_error'],
]

for (const [code, status, message, expected] of CASES) {
  test(`E3: ${code} ${status}, ${message} ${expected}`, () => assert.equal(classified(code, { code, message, status }), expected))
}

test('E3: a project whose billing is off is told by its reason', () => {
  const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'BILLING_DISABLED', domain: 'googleapis.com' }]
  assert.equal(classified(403, { code: 403, message: 'no', status: 'PERMISSION_DENIED', details }), 'rotate provider_account_unpaid')
})

test("E3: Claude's own errors are read in Anthropic's shape", () => {
  const of = (status: number, type: string): string => {
    const { action, code } = classifyVertex(
      { status, headers: {}, body: JSON.stringify({ type: 'error', error: { type, message: 'x' } }) },
      NOW,
    )
    return `${action} ${code}`
  }
  assert.equal(of(529, 'overloaded_error'), 'fallback provider_error')
  assert.equal(of(400, 'invalid_request_error'), 'surface provider_rejected')
  assert.equal(of(429, 'rate_limit_error'), 'rotate provider_rate_limited')
})

test('a prompt that is repeated in a rejection cannot pass for billing that is off', () => {
  const message = 'Invalid value at contents: "This API method requires billing"'
  assert.equal(classified(400, { code: 400, message, status: 'INVALID_ARGUMENT' }), 'surface provider_rejected')
})

test('E4: how long to wait is told in the details, as recorded', { skip }, () => {
  const body = readFileSync(join(folder ?? '', 'google', 'google-429-retry-info.json'), 'utf8')
  assert.deepEqual(classifyVertex({ status: 429, headers: {}, body }, NOW), {
    action: 'rotate',
    code: 'provider_rate_limited',
    retryAfterMs: 34_400,
  })
})

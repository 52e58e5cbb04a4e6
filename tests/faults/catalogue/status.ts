import { openaiError, status } from '../../support/faults.ts'
import type { Due } from './fault.ts'
import { FAILED, faultsOf, refused } from './fault.ts'

const RATE = openaiError('Rate limit reached for gpt-test in organization org-SECRET', 'requests', 'rate_limit_exceeded')
const QUOTA = openaiError(
  'You exceeded your current quota, please check your plan and billing details.',
  'insufficient_quota',
  'insufficient_quota',
)
const KEY = openaiError('Incorrect API key provided: sk-up****SECRET', 'invalid_request_error', 'invalid_api_key')
const BOOM = openaiError('boom at 10.1.2.3', 'server_error', null)
const BAD = openaiError("Unsupported value: 'temperature'", 'invalid_request_error', 'unsupported_value')

const AUTH_FAILED = refused(502, 'provider_auth_failed', null)
const UNPAID = refused(503, 'provider_account_unpaid', null)

function limited(retryAfter?: string | null): Due {
  return refused(503, 'provider_rate_limited', retryAfter)
}

/** How far off, as HTTP writes a date. */
function dateIn(seconds: number): string {
  return new Date(Date.now() + seconds * 1_000).toUTCString()
}

/** What 429 says of when to come back, and what the caller is told: seconds, at most sixty, or nothing. */
const RETRY_AFTER: { name: string; headers: Record<string, string>; due: Due }[] = [
  { name: 'silent', headers: {}, due: limited() },
  { name: 'seconds', headers: { 'retry-after': '7' }, due: limited('7') },
  { name: 'fraction', headers: { 'retry-after': '1.5' }, due: limited('2') },
  { name: 'zero', headers: { 'retry-after': '0' }, due: limited() },
  { name: 'ms', headers: { 'retry-after-ms': '2500' }, due: limited('3') },
  { name: 'ms-first', headers: { 'retry-after-ms': '4000', 'retry-after': '50' }, due: limited('4') },
  { name: 'past-date', headers: { 'retry-after': dateIn(-3_600) }, due: limited() },
  { name: 'far-date', headers: { 'retry-after': dateIn(3_600) }, due: limited(null) },
  { name: 'nonsense', headers: { 'retry-after': 'soon' }, due: limited() },
  { name: 'negative', headers: { 'retry-after': '-5' }, due: limited() },
  { name: 'absurd', headers: { 'retry-after': '99999999999999999999999' }, due: limited(null) },
  { name: 'resets', headers: { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '6s' }, due: limited('6') },
]

/** Answers with a status that is no success. */
export const STATUS = faultsOf('status', [
  { name: '400', does: 'rejects the request', upstream: status(400, BAD), both: { gets: 'rejection', status: 400 } },
  {
    name: '400-unpaid',
    does: 'answers 400 because the account of the operator is empty',
    upstream: status(400, openaiError('Your credit balance is too low to access the API.', 'invalid_request_error', null)),
    both: UNPAID,
  },
  { name: '401', does: 'refuses the key', upstream: status(401, KEY), both: AUTH_FAILED },
  {
    name: '402',
    does: 'wants to be paid',
    upstream: status(402, openaiError('Insufficient credits', 'billing_error', null)),
    both: UNPAID,
  },
  {
    name: '403',
    does: 'forbids',
    upstream: status(403, openaiError('Project SECRET has no access', 'invalid_request_error', null)),
    both: AUTH_FAILED,
  },
  { name: '404', does: 'does not know the model', upstream: status(404, BAD), both: { gets: 'rejection', status: 404 } },
  { name: '408', does: 'waited for the request too long', upstream: status(408, BOOM), both: FAILED },
  { name: '409', does: 'sees a conflict', upstream: status(409, BOOM), both: FAILED },
  { name: '413', does: 'finds the request too large', upstream: status(413, BAD), both: { gets: 'rejection', status: 413 } },
  { name: '422', does: 'cannot process the request', upstream: status(422, BAD), both: { gets: 'rejection', status: 422 } },
  { name: '429-quota', does: 'has no quota left', upstream: status(429, QUOTA), both: UNPAID },
  ...RETRY_AFTER.map(({ name, headers, due }) => ({
    name: `429-${name}`,
    does: `limits the rate, with ${JSON.stringify(headers)}`,
    upstream: status(429, RATE, headers),
    both: due,
  })),
  { name: '451', does: 'answers a status that nobody expects', upstream: status(451, BOOM), both: FAILED },
  { name: '500', does: 'fails', upstream: status(500, BOOM), both: FAILED },
  { name: '500-empty', does: 'fails without a word', upstream: status(500, ''), both: FAILED },
  { name: '500-large', does: 'fails with 2 MB of text', upstream: status(500, 'x'.repeat(2_000_000)), both: FAILED },
  {
    name: '502-html',
    does: 'stands behind a proxy that answers HTML',
    upstream: status(502, '<html><h1>502 Bad Gateway</h1><hr>nginx at 10.1.2.3</html>', { 'content-type': 'text/html' }),
    both: FAILED,
  },
  {
    name: '503',
    does: 'is not available for five seconds',
    upstream: status(503, BOOM, { 'retry-after': '5' }),
    both: refused(502, 'provider_error', '5'),
  },
  { name: '504', does: 'waited for somebody else', upstream: status(504, BOOM), both: FAILED },
  { name: '529', does: 'is overloaded', upstream: status(529, openaiError('Overloaded', 'overloaded_error', null)), both: FAILED },
  {
    name: '500-as-stream',
    does: 'fails with an event stream',
    upstream: status(500, `data: ${JSON.stringify(BOOM)}\n\n`, { 'content-type': 'text/event-stream' }),
    both: FAILED,
  },
])

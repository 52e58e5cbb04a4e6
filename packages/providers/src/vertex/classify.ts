import type { Classification, UpstreamFailure } from '@faregate/wire'
import { classify } from '../classify.ts'
import { retryAfterMs } from '../retry-after.ts'

const OUTAGE: Classification = { action: 'fallback', code: 'provider_error' }
const REJECTED: Classification = { action: 'surface', code: 'provider_rejected' }
const AUTH: Classification = { action: 'rotate', code: 'provider_auth_failed' }
const RATE: Classification = { action: 'rotate', code: 'provider_rate_limited' }
const UNPAID: Classification = { action: 'rotate', code: 'provider_account_unpaid' }

/** By `error.status`, `google.rpc.Code` ("Vertex AI API errors"). */
const STATUSES = new Map<unknown, Classification>([
  ['INVALID_ARGUMENT', REJECTED],
  ['OUT_OF_RANGE', REJECTED],
  // The region, the project or the organization's policy do not allow the model: another deployment may.
  ['FAILED_PRECONDITION', OUTAGE],
  // Names the operator's project: not for the caller to read, and not theirs to mend.
  ['NOT_FOUND', OUTAGE],
  ['UNAUTHENTICATED', AUTH],
  ['PERMISSION_DENIED', AUTH],
  ['RESOURCE_EXHAUSTED', RATE],
])

const BILLING = /^(this api method requires billing|the billing account .{0,100} is (disabled|not active)|billing is disabled)/i

/**
 * Reads a failure of Vertex AI: whose fault it is and what to try. Google's own errors come as `{error: {status, …}}`, in a
 * list where a stream was asked for; those of Claude behind it in Anthropic's shape. `now` is milliseconds since 1970.
 */
export function classifyVertex(failure: UpstreamFailure, now: number = Date.now()): Classification {
  const error = errorOf(failure.body)
  const { status, message, details } = error
  if (typeof message === 'string' && (BILLING.test(message) || JSON.stringify(details ?? '').includes('"BILLING_DISABLED"'))) return UNPAID
  const known = STATUSES.get(status)
  if (known === undefined) return classify(failure, now)
  const wait = known === RATE ? retryAfterMs(failure.headers, failure.body, now) : undefined
  return wait === undefined ? known : { ...known, retryAfterMs: wait }
}

function errorOf(body: string): Record<string, unknown> {
  const parsed = parse(body)
  const first: unknown = Array.isArray(parsed) ? parsed[0] : parsed
  return member(member(first)['error'])
}

function member(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown
  } catch {
    return undefined
  }
}

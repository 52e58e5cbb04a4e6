import type { Classification, UpstreamFailure } from '@faregate/wire'
import { classify, lasting } from '../classify.ts'

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
  const known = kindOf(errorOf(failure.body))
  return known === undefined ? classify(failure, now) : lasting(known, failure, now)
}

function kindOf({ status, message, details }: Record<string, unknown>): Classification | undefined {
  const unpaid = typeof message === 'string' && (BILLING.test(message) || JSON.stringify(details ?? '').includes('"BILLING_DISABLED"'))
  return unpaid ? UNPAID : STATUSES.get(status)
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

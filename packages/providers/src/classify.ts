import type { Classification, UpstreamFailure } from '@faregate/wire'
import { retryAfterMs, statedWaitMs } from './retry-after.ts'

/** What OpenAI-compatible upstreams put into the body of an error, in whichever shape. */
interface ErrorFacts {
  /** `error.code` and `error.type`, lower case. */
  names: string[]
  message: string
}

const UNPAID_NAMES = new Set([
  'insufficient_quota',
  'billing_error',
  'billing_hard_limit_reached',
  'billing_not_active',
  'insufficient_balance',
  'insufficient_credits',
  'insufficient_funds',
  'payment_required',
  'payment_required_error',
  'arrearage',
  'credit_balance_too_low',
])

/** Only phrases about the account that pays; never ones that a prompt could put into the message of a rejected request. */
const UNPAID_MESSAGES = [
  /^your credit balance is too low/i,
  /^credit balance (is )?too low/i,
  /^insufficient (account )?(balance|credits?|funds)\b/i,
  /^your (team|account|organization|project)\b.{0,80}\b(run out of|used all available|no|insufficient) (available )?credits/i,
  /^your account .{0,80}(suspended due to insufficient balance|not active, please check your billing)/i,
  /^billing hard limit has been reached/i,
]

const AUTH_NAMES = new Set(['invalid_api_key', 'authentication_error', 'api_key_invalid'])
const AUTH_MESSAGES = [/^(incorrect|invalid) api key/i, /^api key not valid/i]

const REJECTED = new Set([400, 404, 413, 415, 422])
const ACCOUNT_STATUS = new Set([400, 401, 402, 403, 429])

/**
 * Reads a failure of an OpenAI-compatible upstream: whose fault it is and what to try. `now` is milliseconds since 1970.
 */
export function classify(failure: UpstreamFailure, now: number = Date.now()): Classification {
  return lasting(kindOf(failure), failure, now)
}

function kindOf({ status, body }: UpstreamFailure): Classification {
  const facts = readError(body)
  if (isUnpaid(status, facts)) return { action: 'rotate', code: 'provider_account_unpaid' }
  if (status === 401 || status === 403 || (status === 400 && matches(facts, AUTH_NAMES, AUTH_MESSAGES))) {
    return { action: 'rotate', code: 'provider_auth_failed' }
  }
  if (REJECTED.has(status)) return { action: 'surface', code: 'provider_rejected' }
  if (status === 429) return { action: 'rotate', code: 'provider_rate_limited' }
  return { action: 'fallback', code: 'provider_error' }
}

const OF_ACCOUNT: ReadonlySet<Classification['code']> = new Set(['provider_account_unpaid', 'provider_auth_failed'])

/**
 * With how long it lasts, where the upstream says so; of an account's trouble it has to say it outright, for its limits of
 * rate start anew whatever else is wrong.
 */
export function lasting(kind: Classification, { headers, body }: UpstreamFailure, now: number): Classification {
  if (kind.action === 'surface') return kind
  const wait = OF_ACCOUNT.has(kind.code) ? statedWaitMs(headers, now) : retryAfterMs(headers, body, now)
  return wait === undefined ? kind : { ...kind, retryAfterMs: wait }
}

function isUnpaid(status: number, facts: ErrorFacts): boolean {
  return status === 402 || (ACCOUNT_STATUS.has(status) && matches(facts, UNPAID_NAMES, UNPAID_MESSAGES))
}

function matches(facts: ErrorFacts, telling: ReadonlySet<string>, phrases: RegExp[]): boolean {
  return facts.names.some((name) => telling.has(name)) || phrases.some((phrase) => phrase.test(facts.message))
}

/** From `{error: {code, type, message}}`, `{error: "…"}`, `{code, message}`, or an array around one of them. */
function readError(body: string): ErrorFacts {
  const parsed = parse(body)
  const top = member(Array.isArray(parsed) ? parsed[0] : parsed)
  const error = top['error'] ?? top['detail'] ?? top
  if (typeof error === 'string') return { names: namesIn(top), message: error }
  const inner = member(error)
  return { names: [...namesIn(inner), ...namesIn(top)], message: text(inner['message']) ?? text(top['message']) ?? '' }
}

function namesIn(source: Record<string, unknown>): string[] {
  return [source['code'], source['type'], source['status']].filter((name) => typeof name === 'string').map((name) => name.toLowerCase())
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown
  } catch {
    return undefined
  }
}

function member(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

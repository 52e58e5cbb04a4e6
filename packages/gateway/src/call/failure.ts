import type { Denial, DenialCode } from '@faregate/core'
import type { Classification, UpstreamFailure } from '@faregate/wire'
import type { UpstreamError } from '../edge.ts'
import type { Candidate, Route } from '../locate.ts'
import type { Wait } from './parking.ts'

/** A failed attempt: what to do next, and what the caller is told if nothing is left to try. */
export interface Failure {
  /** `again`: the same once more, on another connection. */
  action: Classification['action'] | 'again'
  denial: Denial
  status: number | null
  retryAfterMs?: number
  /** The upstream's own refusal of the request, to be passed on unchanged. */
  rejected?: { status: number; contentType: string; body: Buffer }
}

const DETAILS: Record<Classification['code'], string> = {
  provider_rejected: 'The provider refused the request; its own answer is in the body.',
  provider_account_unpaid: "The operator's account at the provider is out of credit. This is not your balance.",
  provider_rate_limited: "The operator's account at the provider is over its rate limit. This is not your limit.",
  provider_auth_failed: 'The provider does not accept the key that the operator set.',
  provider_error: 'The provider failed.',
}

/** Reads an answer that is not a success. */
export function readFailure(candidate: Candidate, failure: UpstreamFailure, raw: Buffer): Failure {
  const { action, code, retryAfterMs } = candidate.vendor.classify(failure)
  const denial = providerDenial(candidate, code, `HTTP ${failure.status}: ${failure.body.slice(0, 500)}`, retryAfterMs)
  const shared = { action, denial, status: failure.status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
  if (code !== 'provider_rejected') return shared
  return {
    ...shared,
    rejected: { status: failure.status, contentType: String(failure.headers['content-type'] ?? 'application/json'), body: raw },
  }
}

/** Reads a call that ended without an answer. */
export function readBroken(candidate: Candidate, error: UpstreamError): Failure {
  if (error.limitMs === undefined) {
    const denial = providerDenial(candidate, 'provider_error', `${error.reason}: ${error.detail}`)
    return { action: error.kept === true ? 'again' : 'fallback', status: null, denial }
  }
  const kind = TIMEOUTS[error.reason] ?? error.reason
  return {
    action: 'fallback',
    status: null,
    denial: {
      code: 'provider_timeout',
      detail: `The provider exceeded the limit "${kind}" of ${error.limitMs} ms.`,
      operatorDetail: `${candidate.provider.name}: ${error.detail}`,
      scope: { level: 'provider', id: candidate.provider.name },
      limit: { kind: 'timeout', name: kind, milliseconds: error.limitMs },
      fixes: [{ kind: 'wait', action: 'retry', by: 'caller', canYou: true }],
    },
  }
}

/** How the settings call the limit that was exceeded. */
const TIMEOUTS: Partial<Record<UpstreamError['reason'], string>> = {
  connect_timeout: 'limits.connectMs',
  first_byte_timeout: 'limits.firstByteMs',
  silence: 'limits.silenceMs',
}

/** A success by its status that is no answer: HTML, truncated JSON, a stream where none was asked for. */
export function notAnAnswer(candidate: Candidate, status: number, what: string): Failure {
  return { action: 'fallback', status, denial: providerDenial(candidate, 'provider_error', `HTTP ${status}, but ${what}`) }
}

export function isProviderCode(code: DenialCode): code is Classification['code'] {
  return code in DETAILS
}

/** Every upstream of the model said itself to wait: it is not called before its time. */
export function parkedBy({ candidates }: Route, { ms, code }: Wait): Failure {
  const [candidate] = candidates
  const denial =
    candidate === undefined
      ? { code, detail: DETAILS[code] }
      : providerDenial(candidate, code, `asked to be left alone for ${ms} ms more`, ms)
  return { action: 'fallback', status: null, denial, retryAfterMs: ms }
}

/** A key with which no call can be made. */
export function unusable(candidate: Candidate, error: unknown): Denial {
  return providerDenial(candidate, 'provider_auth_failed', error instanceof Error ? error.message : String(error))
}

/** What passes by itself; what is wrong with an account does not, whatever its vendor says of when to ask again. */
const PASSES: ReadonlySet<Classification['code']> = new Set(['provider_error', 'provider_rate_limited'])

function providerDenial(candidate: Candidate, code: Classification['code'], operatorDetail: string, retryAfterMs?: number): Denial {
  const seconds = retryAfterMs === undefined ? undefined : Math.max(1, Math.ceil(retryAfterMs / 1000))
  return {
    code,
    detail: DETAILS[code],
    operatorDetail: `${candidate.provider.name}: ${operatorDetail}`,
    scope: { level: 'provider', id: candidate.provider.name },
    fixes: fixesOf(code),
    ...(seconds === undefined || !PASSES.has(code) ? {} : seconds > 60 ? { retryable: false } : { retryAfterSeconds: seconds }),
  }
}

function fixesOf(code: Classification['code']): NonNullable<Denial['fixes']> {
  if (code === 'provider_rejected') return [{ kind: 'change_request', action: 'read_provider_message', by: 'caller', canYou: true }]
  if (code === 'provider_error' || code === 'provider_rate_limited') return [{ kind: 'wait', action: 'retry', by: 'caller', canYou: true }]
  return [
    { kind: 'configure', action: code === 'provider_auth_failed' ? 'replace_provider_key' : 'pay_provider', by: 'operator', canYou: false },
  ]
}

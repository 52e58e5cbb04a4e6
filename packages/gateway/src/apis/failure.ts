import type { HttpApi, Denial } from '@faregate/core'
import type { UpstreamError } from '../edge.ts'

type Headers = Record<string, string | string[] | undefined>

/** How the settings call the limit that was exceeded. */
const TIMEOUTS: Partial<Record<UpstreamError['reason'], string>> = {
  connect_timeout: 'limits.connectMs',
  first_byte_timeout: 'firstByteMs',
  silence: 'silenceMs',
}

/**
 * What an upstream's answer says of the operator's account there, or of the upstream's own state. Undefined: it is an
 * answer to the request. A 402 that was passed on would have the caller pay the wrong one.
 */
export function refusedBy(api: string, status: number, headers: Headers): Denial | undefined {
  if (status >= 500) return failed(api, `HTTP ${status}`)
  if (status === 401 || status === 407) return unauthorized(api, `HTTP ${status}`)
  if (status === 402)
    return {
      ...shared(api, 'HTTP 402'),
      code: 'provider_account_unpaid',
      detail: `The operator's account at the upstream of the API "${api}" is out of credit. This is not your balance.`,
      fixes: [{ kind: 'configure', action: 'pay_provider', by: 'operator', canYou: false }],
    }
  return status === 429 ? limitedBy(api, headers) : undefined
}

/** What the operator set is not accepted, by the upstream or by whoever gives tokens for it. */
export function unauthorized(api: string, cause: string): Denial {
  return {
    ...shared(api, cause),
    code: 'provider_auth_failed',
    detail: `The upstream of the API "${api}" does not accept the secret that the operator set.`,
    fixes: [{ kind: 'configure', action: 'replace_api_secret', by: 'operator', canYou: false }],
  }
}

/** Whoever gives tokens for the upstream did not: the upstream itself, and its limits, have no part in that. */
export function tokenless(api: string, error: UpstreamError): Denial {
  return { ...failed(api, `${error.reason}: ${error.detail}`), detail: `The token server of the API "${api}" did not answer with a token.` }
}

/** Every upstream is put aside: nothing is called. */
export function noneOpen(api: string, waitMs: number | undefined): Denial {
  const seconds = waitMs === undefined ? undefined : Math.max(1, Math.ceil(waitMs / 1000))
  return {
    ...failed(api, 'every upstream is put aside'),
    detail: `No upstream of the API "${api}" is called at the moment: all that it has failed.`,
    ...(seconds === undefined || seconds > 60 ? {} : { retryAfterSeconds: seconds }),
  }
}

function limitedBy(api: string, headers: Headers): Denial {
  const seconds = /^\d{1,6}$/.test(String(headers['retry-after'] ?? '')) ? Math.max(1, Number(headers['retry-after'])) : undefined
  return {
    ...shared(api, 'HTTP 429'),
    code: 'provider_rate_limited',
    detail: `The operator's account at the upstream of the API "${api}" is over its rate limit. This is not your limit.`,
    fixes: [{ kind: 'wait', action: 'retry', by: 'caller', canYou: true }],
    ...(seconds === undefined ? {} : seconds > 60 ? { retryable: false } : { retryAfterSeconds: seconds }),
  }
}

/** A call that ended without an answer, or in the middle of one. */
export function brokenBy({ name: api, timeouts }: HttpApi, error: UpstreamError): Denial {
  if (error.limitMs === undefined) return failed(api, `${error.reason}: ${error.detail}`)
  const own = error.reason === 'connect_timeout' && timeouts?.connectMs !== undefined
  const name = own ? 'connectMs' : (TIMEOUTS[error.reason] ?? error.reason)
  return {
    ...shared(api, error.detail),
    code: 'provider_timeout',
    detail: `The upstream of the API "${api}" exceeded the limit "${name}" of ${error.limitMs} ms.`,
    limit: { kind: 'timeout', name, milliseconds: error.limitMs },
    fixes: [{ kind: 'wait', action: 'retry', by: 'caller', canYou: true }],
  }
}

/** The same, with the upstream that it came from: for the operator. */
export function metAt(baseUrl: string, denial: Denial): Denial {
  return { ...denial, operatorDetail: `${denial.operatorDetail} (${baseUrl})` }
}

/** It is no answer, whatever it says. */
export function failed(api: string, cause: string): Denial {
  return {
    ...shared(api, cause),
    code: 'provider_error',
    detail: `The upstream of the API "${api}" failed.`,
    fixes: [{ kind: 'wait', action: 'retry', by: 'caller', canYou: true }],
  }
}

function shared(api: string, cause: string): Pick<Denial, 'operatorDetail' | 'scope'> {
  return { operatorDetail: `${api}: ${cause}`, scope: { level: 'api', id: api } }
}

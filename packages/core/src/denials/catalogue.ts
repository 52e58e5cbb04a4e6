/** Who can mend a refusal. `caller` is whoever sent the request; the others are roles. */
export type Actor = 'caller' | 'key_owner' | 'team_admin' | 'org_admin' | 'billing_admin' | 'publisher' | 'operator'

/** OpenAI's error classes; every envelope is derived from them. */
export type ErrorType =
  | 'authentication_error'
  | 'billing_error'
  | 'permission_error'
  | 'not_found_error'
  | 'invalid_request_error'
  | 'rate_limit_error'
  | 'api_error'

export interface CatalogueEntry {
  status: number
  title: string
  /** Who mends it first. */
  actor: Actor
  /** What `x-should-retry` says, unless the denial itself knows better. */
  retryable: boolean
  /** `error.code` where OpenAI's tools match on a value of their own. */
  openaiCode?: string
  /** Why it happens, for the page `/problems/{code}`. */
  meaning: string
  /** How it is mended, step by step, for the same page. */
  mend: string[]
}

/**
 * Every refusal there is, as data. The order is the precedence: when several apply,
 * the first is the answer and the rest go to `also`.
 */
export const CATALOGUE = {
  route_unknown: {
    status: 404, title: 'No such route', actor: 'caller', retryable: false,
    meaning: 'The path and method of the request are not served here. Most often the base URL of an SDK is off by a part of the path.',
    mend: ['Compare the path with `didYouMean` in the answer.', 'Set the base URL of the SDK to the one that `hint` names.'],
  },
  request_too_large: {
    status: 413, title: 'Request too large', actor: 'caller', retryable: false,
    meaning: 'The body is larger than the limit that `limit` names.',
    mend: ['Send a smaller body.', 'The operator can raise `limits.bodyBytes`.'],
  },
  request_invalid: {
    status: 400, title: 'Request invalid', actor: 'caller', retryable: false,
    meaning: 'The body is not what this route takes. `pointer` names the member that is wrong.',
    mend: ['Mend the member that `pointer` names and send the request again.'],
  },
  credential_missing: {
    status: 401, title: 'No credential', actor: 'caller', retryable: false, openaiCode: 'invalid_api_key',
    meaning: 'The request carries no API key.',
    mend: ['Send the key as `Authorization: Bearer KEY`, or in `x-api-key`, `api-key` or `x-goog-api-key`.'],
  },
  credential_invalid: {
    status: 401, title: 'Unknown credential', actor: 'caller', retryable: false, openaiCode: 'invalid_api_key',
    meaning: 'No key like the one that was sent exists. `hint` tells when it looks like a key of another system, or like a mistyped one.',
    mend: ['Check for a key of a provider, a truncated key, or a key of another installation.', 'Ask whoever runs the application for its key, or create a new one.'],
  },
  key_revoked: {
    status: 401, title: 'Key revoked', actor: 'key_owner', retryable: false, openaiCode: 'invalid_api_key',
    meaning: 'The key was revoked for good.',
    mend: ['Create a new key for the application and use that.'],
  },
  key_expired: {
    status: 401, title: 'Key expired', actor: 'key_owner', retryable: false, openaiCode: 'invalid_api_key',
    meaning: 'The key was made with an expiry, and that has passed.',
    mend: ['Create a new key, or move the expiry of this one.'],
  },
  key_disabled: {
    status: 401, title: 'Key disabled', actor: 'org_admin', retryable: false, openaiCode: 'invalid_api_key',
    meaning: 'The key is switched off, and can be switched on again.',
    mend: ['An administrator of the organization enables the key.'],
  },
  idempotency_in_progress: {
    status: 409, title: 'Idempotent request still in progress', actor: 'caller', retryable: true,
    meaning: 'A request with the same `Idempotency-Key` is still being carried out.',
    mend: ['Wait for the first request to end, then send this one again: it gets the same answer.'],
  },
  idempotency_mismatch: {
    status: 422, title: 'Idempotency key reused', actor: 'caller', retryable: false,
    meaning: 'The `Idempotency-Key` was used before with another body.',
    mend: ['Use a new `Idempotency-Key` for a new request.'],
  },
  model_unknown: {
    status: 404, title: 'No such model', actor: 'caller', retryable: false, openaiCode: 'model_not_found',
    meaning: 'No model of that name is served here. `didYouMean` lists the nearest names that this key may call.',
    mend: ['Use a name that `GET /v1/models` lists.', 'The operator can add the model.'],
  },
  gateway_misconfigured: {
    status: 500, title: 'Gateway misconfigured', actor: 'operator', retryable: false,
    meaning: 'The configuration of the gateway contradicts itself. The caller is not at fault and was not charged.',
    mend: ['Give the operator the incident id.', 'The operator finds the cause in the log under that id, and with `faregate check`.'],
  },
  price_missing: {
    status: 500, title: 'Model has no price', actor: 'operator', retryable: false,
    meaning: 'What this request can use has no price, and nothing is served free by accident.',
    mend: ['Give the operator the incident id.', 'The operator sets `price` on the model, or states a price of "0".'],
  },
  no_provider_key: {
    status: 500, title: 'Provider has no key', actor: 'operator', retryable: false,
    meaning: 'The provider that serves this model has no key to call it with.',
    mend: ['Give the operator the incident id.', 'The operator sets the provider\'s key.'],
  },
  permission_denied: {
    status: 403, title: 'Not permitted', actor: 'org_admin', retryable: false,
    meaning: 'The key is valid but may not do this. `required` and `granted` say what is missing.',
    mend: ['An administrator of the organization extends what the key may do, or the caller uses another key.'],
  },
  cap_key: {
    status: 403, title: 'Spend cap of the key reached', actor: 'org_admin', retryable: false,
    meaning: 'The key has a spend cap, and this request could exceed what is left of it. Topping up the balance does not help.',
    mend: ['An administrator of the organization raises the cap.', 'Or wait until it resets at `resetsAt`.', 'Or send a smaller request.'],
  },
  insufficient_balance: {
    status: 402, title: 'Balance too low for this request', actor: 'billing_admin', retryable: false, openaiCode: 'insufficient_quota',
    meaning: 'What the request may cost is more than the organization has left.',
    mend: ['Top up the balance.', 'Or ask for less: `affordable` says how much output the balance covers.'],
  },
  balance_reserved: {
    status: 429, title: 'Balance reserved by requests in flight', actor: 'caller', retryable: true, openaiCode: 'rate_limit_exceeded',
    meaning: 'There is money, but it is held by requests that are still running. What they do not use comes back when they end.',
    mend: ['Wait for the requests in flight, then send this one again.', 'Or send fewer at a time.'],
  },
  ledger_unavailable: {
    status: 503, title: 'Ledger unavailable', actor: 'operator', retryable: true,
    meaning: 'The database that holds the balances cannot be reached, and nothing is served unpaid.',
    mend: ['Try again in a moment.', 'The operator looks at `/readyz`.'],
  },
  provider_rejected: {
    status: 400, title: 'Rejected by the provider', actor: 'caller', retryable: false,
    meaning: 'The provider refused the request itself. Its own answer is passed on unchanged, with its status.',
    mend: ['Read the provider\'s message in the body and change the request.'],
  },
  provider_account_unpaid: {
    status: 503, title: 'Provider account unpaid', actor: 'operator', retryable: false,
    meaning: 'The operator\'s account at the provider is out of credit. This is not your balance.',
    mend: ['Tell the operator, who pays the provider or connects another one.', 'Or use another model.'],
  },
  provider_rate_limited: {
    status: 503, title: 'Provider rate limit', actor: 'operator', retryable: true,
    meaning: 'The operator\'s account at the provider is over its rate limit. This is not your limit.',
    mend: ['Try again after `Retry-After`.', 'The operator adds provider keys or deployments.'],
  },
  provider_auth_failed: {
    status: 502, title: 'Provider refused the gateway', actor: 'operator', retryable: false,
    meaning: 'The provider does not accept the operator\'s key.',
    mend: ['Tell the operator, who replaces the provider\'s key.'],
  },
  provider_error: {
    status: 502, title: 'Provider failed', actor: 'operator', retryable: true,
    meaning: 'The provider failed, or answered something that is not an answer.',
    mend: ['Try again.', 'If it goes on, the operator looks at the provider\'s state on the start page.'],
  },
  provider_timeout: {
    status: 504, title: 'Provider timed out', actor: 'operator', retryable: true,
    meaning: 'The provider did not answer within the limit that `limit` names.',
    mend: ['Try again.', 'The operator can raise the limit.'],
  },
  stream_funds_exhausted: {
    status: 200, title: 'Funds exhausted in mid-stream', actor: 'billing_admin', retryable: false, openaiCode: 'insufficient_quota',
    meaning: 'The balance, or a cap, ended while the answer was being streamed. What was delivered is charged, nothing more.',
    mend: ['Top up, or have the cap raised, and continue from the part that was delivered.'],
  },
} as const satisfies Record<string, CatalogueEntry>

export type DenialCode = keyof typeof CATALOGUE

/** All codes, in order of precedence. */
export const DENIAL_CODES = Object.keys(CATALOGUE) as DenialCode[]

/** What the catalogue says of a code. */
export function catalogueEntry(code: DenialCode): CatalogueEntry {
  return CATALOGUE[code]
}

/** OpenAI's error class of a status. */
export function errorType(status: number): ErrorType {
  if (status === 401) return 'authentication_error'
  if (status === 402) return 'billing_error'
  if (status === 403) return 'permission_error'
  if (status === 404 || status === 410) return 'not_found_error'
  if (status === 429) return 'rate_limit_error'
  if (status === 200 || status >= 500) return 'api_error'
  return 'invalid_request_error'
}

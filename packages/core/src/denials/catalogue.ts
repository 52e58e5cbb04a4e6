import { CAPS } from './catalogue-caps.ts'
import { CREDENTIAL_CODES } from './catalogue-credentials.ts'
import { BALANCE_CODES, METHOD_CODES } from './catalogue-payments.ts'
import { PLAN_CODES, QUOTA_CODES } from './catalogue-plans.ts'
import { NOT_THERE } from './catalogue-not-there.ts'
import type { CatalogueEntry } from './entry.ts'
import { LIMIT_DENIALS } from './limits.ts'

/**
 * Every refusal there is, as data. The order is the precedence: when several apply,
 * the first is the answer and the rest go to `also`.
 */
export const CATALOGUE = {
  route_unknown: {
    status: 404,
    title: 'No such route',
    actor: 'caller',
    retryable: false,
    meaning: 'The path and method of the request are not served here. Most often the base URL of an SDK is off by a part of the path.',
    mend: ['Compare the path with `didYouMean` in the answer.', 'Set the base URL of the SDK to the one that `hint` names.'],
  },
  request_too_large: {
    status: 413,
    title: 'Request too large',
    actor: 'caller',
    retryable: false,
    meaning: 'The body is larger than the limit that `limit` names.',
    mend: ['Send a smaller body.', 'The operator can raise `limits.bodyBytes`.'],
  },
  request_invalid: {
    status: 400,
    title: 'Request invalid',
    actor: 'caller',
    retryable: false,
    meaning: 'The body is not what this route takes. `pointer` names the member that is wrong.',
    mend: ['Mend the member that `pointer` names and send the request again.'],
  },
  ...CREDENTIAL_CODES,
  idempotency_in_progress: {
    status: 409,
    title: 'Idempotent request still in progress',
    actor: 'caller',
    retryable: true,
    meaning: 'A request with the same `Idempotency-Key` is still being carried out.',
    mend: ['Wait for the first request to end, then send this one again: it gets the same answer.'],
  },
  idempotency_mismatch: {
    status: 422,
    title: 'Idempotency key reused',
    actor: 'caller',
    retryable: false,
    meaning: 'The `Idempotency-Key` was used before with another body.',
    mend: ['Use a new `Idempotency-Key` for a new request.'],
  },
  ...NOT_THERE,
  gateway_misconfigured: {
    status: 500,
    title: 'Gateway misconfigured',
    actor: 'operator',
    retryable: false,
    meaning: 'The configuration of the gateway contradicts itself. The caller is not at fault and was not charged.',
    mend: ['Give the operator the incident id.', 'The operator finds the cause in the log under that id, and with `faregate check`.'],
  },
  price_missing: {
    status: 500,
    title: 'Model has no price',
    actor: 'operator',
    retryable: false,
    meaning: 'What this request can use has no price, and nothing is served free by accident.',
    mend: ['Give the operator the incident id.', 'The operator sets `price` on the model, or states a price of "0".'],
  },
  no_provider_key: {
    status: 500,
    title: 'Provider has no key',
    actor: 'operator',
    retryable: false,
    meaning: 'The provider that serves this model has no key to call it with.',
    mend: ['Give the operator the incident id.', "The operator sets the provider's key."],
  },
  account_suspended: {
    status: 403,
    title: 'Organization suspended',
    actor: 'operator',
    retryable: false,
    meaning: 'The operator has suspended the organization that the key belongs to. Neither paying nor waiting helps; nothing was charged.',
    mend: ['Ask the operator, who can resume the organization.', 'The operator resumes it: `faregate org resume ORGANIZATION`.'],
  },
  permission_denied: {
    status: 403,
    title: 'Not permitted',
    actor: 'org_admin',
    retryable: false,
    meaning: 'The key is valid but may not do this. `required` and `granted` say what is missing.',
    mend: ['An administrator of the organization extends what the key may do, or the caller uses another key.'],
  },
  ...PLAN_CODES,
  ...METHOD_CODES,
  ...CAPS,
  ...QUOTA_CODES,
  ...LIMIT_DENIALS,
  ...BALANCE_CODES,
  ledger_unavailable: {
    status: 503,
    title: 'Ledger unavailable',
    actor: 'operator',
    retryable: true,
    meaning: 'The database that holds the balances cannot be reached, and nothing is served unpaid.',
    mend: ['Try again in a moment.', 'The operator looks at `/readyz`.'],
  },
  provider_rejected: {
    status: 400,
    title: 'Rejected by the provider',
    actor: 'caller',
    retryable: false,
    meaning:
      'The provider refused the request itself. Its own answer is passed on unchanged, with its status; from a provider of another dialect, its message.',
    mend: ["Read the provider's message in the body and change the request."],
  },
  provider_account_unpaid: {
    status: 503,
    title: 'Provider account unpaid',
    actor: 'operator',
    retryable: false,
    meaning: "The operator's account at the provider is out of credit. This is not your balance.",
    mend: ['Tell the operator, who pays the provider or connects another one.', 'Or use another model.'],
  },
  provider_rate_limited: {
    status: 503,
    title: 'Provider rate limit',
    actor: 'operator',
    retryable: true,
    meaning: "The operator's account at the provider is over its rate limit. This is not your limit.",
    mend: ['Try again after `Retry-After`.', 'The operator adds provider keys or deployments.'],
  },
  provider_auth_failed: {
    status: 502,
    title: 'Provider refused the gateway',
    actor: 'operator',
    retryable: false,
    meaning: "The provider does not accept the operator's key.",
    mend: ["Tell the operator, who replaces the provider's key."],
  },
  provider_error: {
    status: 502,
    title: 'Provider failed',
    actor: 'operator',
    retryable: true,
    meaning: 'The provider failed, or answered something that is not an answer.',
    mend: ['Try again.', "If it goes on, the operator looks at the provider's state on the start page."],
  },
  provider_timeout: {
    status: 504,
    title: 'Provider timed out',
    actor: 'operator',
    retryable: true,
    meaning: 'The provider did not answer within the limit that `limit` names.',
    mend: ['Try again.', 'The operator can raise the limit.'],
  },
  stream_funds_exhausted: {
    status: 200,
    title: 'Funds exhausted in mid-stream',
    actor: 'billing_admin',
    retryable: false,
    openaiCode: 'insufficient_quota',
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

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

/** What is refused until somebody pays. */
export const TO_PAY = {
  status: 402,
  actor: 'billing_admin',
  retryable: false,
  openaiCode: 'insufficient_quota',
} as const satisfies Partial<CatalogueEntry>

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

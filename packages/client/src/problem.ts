import type { DenialCode } from './codes.ts'

/** Who can mend a refusal: the sender of the request, somebody of its organization, or whoever runs the gateway. */
export type Actor = 'caller' | 'key_owner' | 'team_admin' | 'org_admin' | 'billing_admin' | 'publisher' | 'operator'

/** One way to mend a refusal. Those of a newer gateway may be of another kind. */
export interface Fix {
  kind: 'pay' | 'change_request' | 'change_policy' | 'wait' | 'authenticate' | 'configure' | (string & {})
  action: string
  by: Actor
  /** Whether the owner of the key that was used may do it. */
  canYou?: boolean
  url?: string
  command?: string
  contact?: string
  /** Decimal string. */
  minAmount?: string
  /** The value that a member of the request should be lowered to. */
  to?: number
  /** A model to use instead. */
  model?: string
  [member: string]: unknown
}

/** What lacked room. Amounts are decimal strings in `unit`. */
export interface Limit {
  kind: 'balance' | 'credit' | 'cap' | 'quota' | 'rate' | 'concurrency' | 'body' | 'timeout' | (string & {})
  unit?: string
  required?: string
  available?: string
  held?: string
  shortfall?: string
  /** ISO 8601. */
  resetsAt?: string
  [member: string]: unknown
}

/** A model that this key may call now, and that would do. */
export interface Alternative {
  model: string
  /** What would be held for this very request, a decimal string; absent where the organization tells no amounts. */
  hold?: string
  [member: string]: unknown
}

/** A refusal as the gateway tells it (RFC 9457), whatever envelope it came in. */
export interface Problem {
  /** The page that explains the code. */
  type: string
  title: string
  status: number
  detail: string
  code: string
  denialId?: string
  requestId?: string
  /** ISO 8601. */
  asOf?: string
  scope?: { level: string; id?: string; [member: string]: unknown }
  limit?: Limit
  /** How much output the balance covers, in tokens a choice. */
  affordable?: { maxOutputTokens: number }
  alternatives?: Alternative[]
  fixes?: Fix[]
  retry?: { retryable: boolean; afterSeconds?: number }
  /** What else stands in the way. */
  also?: string[]
  /** False, or the amount that was charged for what was delivered. */
  charged?: false | string
  /** JSON pointer of the member of the request that is wrong. */
  pointer?: string
  hint?: string
  /** Methods that the path takes, where it takes others than that of the request. */
  allow?: string[]
  [member: string]: unknown
}

type Money = Required<Pick<Limit, 'unit' | 'required' | 'available' | 'held' | 'shortfall'>>

/** What the problem of a code carries beside what every problem does, unless the organization has its refusals tell less than usual. */
export interface Facts {
  route_unknown: { didYouMean: string[] }
  model_unknown: { didYouMean: string[] }
  api_retired: { successor: string | null }
  model_retired: { successor: string | null }
  permission_denied: { required: string[]; granted: string[] }
  payment_action_required: { limit: Limit & Money }
  auto_topup_failed: { limit: Limit & Money }
  insufficient_balance: { limit: Limit & Money }
  balance_reserved: { limit: Limit & Money }
  cap_key: { limit: Limit & Money }
  cap_user: { limit: Limit & Money }
  cap_tag: { limit: Limit & Money }
  cap_team: { limit: Limit & Money }
  cap_org: { limit: Limit & Money }
  rate_limited: { limit: Limit }
  concurrency_limited: { limit: Limit }
  request_too_large: { limit: Limit }
  provider_timeout: { limit: Limit }
  gateway_misconfigured: { incidentId: string }
  price_missing: { incidentId: string }
  no_provider_key: { incidentId: string }
  stream_funds_exhausted: { charged: false | string }
}

/** The problem of a code, with what that code carries. */
export type ProblemOf<Code extends DenialCode> = Problem & { code: Code } & (Code extends keyof Facts ? Facts[Code] : unknown)

/** Finds the problem in anything that the gateway says: a body or an event, in the envelope of any dialect. */
export function problemIn(value: unknown): Problem | undefined {
  return candidates(value).find(isProblem)
}

/** Where each envelope has it: at the top, in `error`, in Anthropic's details, Gemini's, and Cohere's event. */
function candidates(value: unknown): unknown[] {
  if (!isObject(value)) return []
  const { error, problem } = value
  if (!isObject(error)) return [renamed(value), problem]
  const { details } = error
  return [renamed(value), renamed(error), ...(Array.isArray(details) ? (details as unknown[]) : [details]), problem]
}

/** In a stream of OpenAI's responses, `code` is OpenAI's own word; ours stands beside it. */
function renamed(error: Record<string, unknown>): Record<string, unknown> {
  return typeof error['denial'] === 'string' ? { ...error, code: error['denial'] } : error
}

function isProblem(value: unknown): value is Problem {
  return (
    isObject(value) && typeof value['code'] === 'string' && typeof value['denialId'] === 'string' && typeof value['detail'] === 'string'
  )
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import type { DenialCode } from './catalogue.ts'
import type { Actor } from './entry.ts'

/** One way to mend a refusal. The first `pay` fix, carried out, makes the identical request succeed. */
export interface Fix {
  kind: 'pay' | 'change_request' | 'change_policy' | 'wait' | 'authenticate' | 'configure'
  action: string
  by: Actor
  /** Whether the owner of this credential may do it. */
  canYou?: boolean
  url?: string
  command?: string
  contact?: string
  minAmount?: string
  to?: number
  [member: string]: unknown
}

/** The balance that lacked room, amounts as decimal strings. */
export interface LimitFacts {
  kind: 'balance' | 'credit' | 'cap' | 'quota' | 'rate' | 'concurrency' | 'body' | 'timeout'
  unit?: string
  required?: string
  available?: string
  held?: string
  shortfall?: string
  resetsAt?: string
  [member: string]: unknown
}

/** Where the refusal applies. */
export interface Scope {
  level: 'key' | 'user' | 'tag' | 'team' | 'app' | 'plan' | 'org' | 'model' | 'api' | 'provider' | 'route' | 'gateway'
  id?: string
  /** Last four characters of the key, never more. */
  key?: string
  [member: string]: unknown
}

/**
 * A refusal, as a value: steps return it, nothing throws it. `detail` is for the caller; `operatorDetail`
 * is for the operator's log and the decision trace, and never leaves through the data plane.
 */
export interface Denial {
  code: DenialCode
  detail: string
  operatorDetail?: string
  scope?: Scope
  limit?: LimitFacts
  affordable?: { maxOutputTokens: number }
  fixes?: Fix[]
  also?: DenialCode[]
  /** Where the catalogue's does not hold: a quota is no matter of payment where nothing is for sale. */
  status?: number
  /** Plans that have what was asked for, and what having them costs now. */
  plans?: { plan: string; price: string; period: string; dueNow: string; approval: boolean }[]
  /** Models that would be served for this very request, and what would be held for it. */
  alternatives?: { model: string; hold: string }[]
  /** Where approval is asked for, and where its state can be seen. */
  requestUrl?: string
  pollUrl?: string
  /** Only when honest, and at most 60. */
  retryAfterSeconds?: number
  /** Where the catalogue's answer does not hold. */
  retryable?: boolean
  /** What takes the place of what is gone; null: nothing does. */
  successor?: string | null
  /** A page that says how to move. */
  documentation?: string
  /** JSON pointer of the member that is wrong. */
  pointer?: string
  hint?: string
  /** What a provider refused it for, in the word that OpenAI's clients match on. */
  reason?: 'context_length_exceeded' | 'content_filter'
  /** What cannot be carried to the upstream, by JSON pointer. */
  unsupported?: { pointer: string; what: string }[]
  didYouMean?: string[]
  /** Methods that the path takes, where it takes others than that of the request. */
  allow?: string[]
  /** How the caller can prove who it is (RFC 9110, 11.6.1): told in a header, not in the body. */
  challenges?: string[]
  required?: string[]
  granted?: string[]
  incidentId?: string
  deliveredTokens?: number
  /** False, or the amount that was charged for what was delivered. */
  charged?: false | string
  /** What it was decided by, for the trace alone: no part of the answer. */
  evidence?: TraceStep[]
}

/** One check of a request's way, kept for `/denials/{id}`. */
export interface TraceStep {
  check: string
  result: 'ok' | 'denied' | 'skipped'
  facts?: Record<string, unknown>
}

export function isDenial(value: unknown): value is Denial {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value
}

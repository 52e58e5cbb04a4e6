import type { DenialCode } from './catalogue.ts'
import type { Denial, Fix, TraceStep } from './denial.ts'
import type { Problem } from './problem.ts'

/**
 * How much a refusal tells the caller of the account behind the key: the code alone; how it is mended, and by whom; the amounts
 * too; how it was decided, too.
 */
export const DISCLOSURES = ['code', 'fixes', 'amounts', 'trace'] as const

export type Disclosure = (typeof DISCLOSURES)[number]

export const DEFAULT_DISCLOSURE: Disclosure = 'amounts'

/** From which level on a member of a problem is told. What is not named here is told with the amounts: it may be one. */
const TOLD_FROM: Readonly<Record<string, Disclosure>> = {
  ...from('code', ['type', 'title', 'status', 'detail', 'instance', 'code', 'denialId', 'requestId', 'asOf', 'retry', 'charged', 'error']),
  ...from('code', ['pointer', 'hint', 'didYouMean', 'unsupported', 'reason', 'incidentId', 'deliveredTokens']),
  ...from('fixes', ['scope', 'fixes', 'also', 'required', 'granted', 'plans', 'alternatives', 'requestUrl', 'pollUrl']),
}

function from(level: Disclosure, members: string[]): Record<string, Disclosure> {
  return Object.fromEntries(members.map((member) => [member, level]))
}

/** These are about the request, the gateway or a provider: nothing in them is the account's. */
const NOT_OF_THE_ACCOUNT: ReadonlySet<string> = new Set<DenialCode>([
  'route_unknown',
  'request_too_large',
  'request_invalid',
  'credential_missing',
  'credential_invalid',
  'signature_expired',
  'signature_replayed',
  'token_expired',
  'caller_unknown',
  'idempotency_in_progress',
  'idempotency_mismatch',
  'model_unknown',
  'api_retired',
  'model_retired',
  'gateway_misconfigured',
  'price_missing',
  'no_provider_key',
  'ledger_unavailable',
  'provider_rejected',
  'provider_account_unpaid',
  'provider_rate_limited',
  'provider_auth_failed',
  'provider_error',
  'provider_timeout',
])

/** What of a fix is told where amounts are not; anything else may hold one. */
const FIX_MEMBERS = [
  'kind',
  'action',
  'by',
  'canYou',
  'url',
  'contact',
  'plan',
  'model',
  'models',
  'key',
  'method',
  'path',
  'pointer',
  'resetsAt',
]

/** An amount, or how much in which time, in a command line. */
const AMOUNT = /\d\.\d|\d\/[a-z]/

/** The problem as a caller of an organization with this level gets it. What the request itself was charged is always told. */
export function disclosed(problem: Problem, level: Disclosure, trace: readonly TraceStep[] = []): Problem {
  const whole = reaches(level, 'trace') ? { ...problem, trace } : problem
  if (reaches(level, 'amounts') || NOT_OF_THE_ACCOUNT.has(problem.code)) return whole
  const detail = `${problem.title}.`
  const told = Object.entries(problem).flatMap(([member, value]) => {
    const toldFrom = TOLD_FROM[member] ?? 'amounts'
    return reaches(level, toldFrom) ? [[member, withoutAmounts(member, value)] as const] : []
  })
  return { ...(Object.fromEntries(told) as Problem), detail, error: { ...problem.error, message: detail } }
}

/** Whether a level tells what is told from another on. */
export function reaches(level: Disclosure, other: Disclosure): boolean {
  return DISCLOSURES.indexOf(level) >= DISCLOSURES.indexOf(other)
}

type Sale = NonNullable<Denial['plans']>[number]

function withoutAmounts(member: string, value: unknown): unknown {
  if (!Array.isArray(value)) return value
  if (member === 'fixes') return (value as Fix[]).map(bareFix)
  if (member === 'plans') return (value as Sale[]).map(({ plan, period, approval }) => ({ plan, period, approval }))
  if (member === 'alternatives') return (value as { model: string }[]).map(({ model }) => ({ model }))
  return value
}

function bareFix(fix: Fix): Partial<Fix> {
  const members = Object.entries(fix).filter(
    ([name, value]) => FIX_MEMBERS.includes(name) || (name === 'command' && typeof value === 'string' && !AMOUNT.test(value)),
  )
  return Object.fromEntries(members)
}

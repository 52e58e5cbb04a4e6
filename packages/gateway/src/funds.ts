import { formatAmount, type Denial, type DenialCode, type Fix, type LimitFacts, type Scope } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import type { AccountRef, Outcome, Shortfall } from '@faregate/ledger'
import type { Settings } from './deps.ts'

export type Insufficient = Extract<Outcome, { status: 'insufficient' }>

/** What the money denials of one request have in common. */
export interface FundsContext {
  settings: Settings
  key: KeyEntry
  legs: AccountRef[]
}

/**
 * Names the refusal of a hold (M26): reserved if waiting for the requests in flight would help on every balance,
 * otherwise the first balance, in precedence, that is too small even so. The rest goes to `also`.
 */
export function insufficientFunds(context: FundsContext, outcome: Insufficient): Denial {
  const tooSmall = outcome.reserved
    ? outcome.shortfalls
    : outcome.shortfalls.filter(({ required, available, held }) => available + held < required)
  const [first] = tooSmall
  if (first === undefined)
    return {
      code: 'gateway_misconfigured',
      detail: 'The ledger refused without a reason.',
      operatorDetail: 'insufficient without shortfalls',
    }
  const code = outcome.reserved ? 'balance_reserved' : codeOf(context, first)
  const also = alsoCodes(outcome, code, context)
  const affordable = outcome.steps > 0 && code !== 'balance_reserved' ? { affordable: { maxOutputTokens: outcome.steps } } : {}
  return {
    code,
    detail: describe(context, code, first),
    scope: scopeOf(context, first),
    limit: limitFacts(context, first),
    ...affordable,
    fixes: fixesOf(context, code, first, outcome.steps),
    ...(also.length > 0 ? { also } : {}),
    ...(code === 'balance_reserved' ? { retryAfterSeconds: 1 } : {}),
  }
}

function alsoCodes(outcome: Insufficient, code: DenialCode, context: FundsContext): DenialCode[] {
  if (outcome.reserved) return []
  const blockers = outcome.shortfalls.map((shortfall) =>
    shortfall.available + shortfall.held < shortfall.required ? codeOf(context, shortfall) : 'balance_reserved',
  )
  return [...new Set(blockers)].filter((other) => other !== code)
}

function codeOf(context: FundsContext, shortfall: Shortfall): 'cap_key' | 'insufficient_balance' {
  return isCap(context, shortfall) ? 'cap_key' : 'insufficient_balance'
}

function isCap(context: FundsContext, shortfall: Shortfall): boolean {
  return context.legs[shortfall.leg]?.kind === 'cap'
}

function scopeOf({ key, legs }: FundsContext, shortfall: Shortfall): Scope {
  const shared = { key: `…${key.lastFour}` }
  if (legs[shortfall.leg]?.kind === 'cap') return { level: 'key', id: key.id, ...shared, balance: 'cap' }
  return { level: 'org', id: key.organization.id, ...shared, balance: 'wallet' }
}

function limitFacts(context: FundsContext, { required, available, held, resetsAt, ...shortfall }: Shortfall): LimitFacts {
  return {
    kind: isCap(context, { required, available, held, resetsAt, ...shortfall }) ? 'cap' : 'balance',
    unit: context.settings.currency,
    required: formatAmount(required),
    available: formatAmount(available),
    held: formatAmount(held),
    shortfall: formatAmount(required - available),
    ...(resetsAt === null ? {} : { resetsAt: new Date(resetsAt).toISOString() }),
  }
}

function describe({ key, settings }: FundsContext, code: DenialCode, { required, available, held }: Shortfall): string {
  const unit = settings.currency
  const cost = `this request may cost up to ${formatAmount(required)} ${unit}`
  if (code === 'cap_key') return `The key …${key.lastFour} has ${formatAmount(available)} ${unit} left of its spend cap; ${cost}.`
  if (code === 'balance_reserved')
    return `${formatAmount(held)} ${unit} are held by requests in flight, ${formatAmount(available)} ${unit} are free; ${cost}.`
  return `${key.organization.name}'s balance is ${formatAmount(available)} ${unit}; ${cost}.`
}

function fixesOf(context: FundsContext, code: DenialCode, shortfall: Shortfall, affordable: number): Fix[] {
  const lower: Fix[] =
    affordable > 0 ? [{ kind: 'change_request', action: 'lower_max_tokens', by: 'caller', canYou: true, to: affordable }] : []
  if (code === 'balance_reserved') return [{ kind: 'wait', action: 'wait_for_own_requests', by: 'caller', canYou: true }]
  if (code === 'cap_key') return [raiseCap(context, shortfall), ...resetFix(shortfall), ...lower]
  return [payFix(context.settings, context.key.organization.id, shortfall.required - shortfall.available), ...lower]
}

function raiseCap({ key }: FundsContext, { required, available }: Shortfall): Fix {
  // As far as this request needs it: what is spent and held stays counted under a higher limit.
  const enough = key.cap === null ? undefined : `${formatAmount(key.cap.amount + required - available)}/${key.cap.period}`
  return {
    kind: 'change_policy',
    action: 'raise_cap',
    by: 'org_admin',
    canYou: false,
    byAtLeast: formatAmount(required - available),
    method: 'PATCH',
    path: `/api/keys/${key.id}`,
    ...(enough === undefined ? {} : { command: `faregate key update ${key.id} --cap ${enough}` }),
  }
}

function resetFix({ resetsAt }: Shortfall): Fix[] {
  return resetsAt === null
    ? []
    : [{ kind: 'wait', action: 'wait_for_reset', by: 'caller', canYou: true, resetsAt: new Date(resetsAt).toISOString() }]
}

/** With a payment rail whoever has the link can pay; without one the operator grants credit. Never a URL that is not served. */
function payFix({ billing }: Settings, organization: string, shortfall: bigint): Fix {
  const url = billing.topUpPage?.(organization)
  if (url !== undefined)
    return { kind: 'pay', action: 'top_up', by: 'billing_admin', canYou: true, minAmount: formatAmount(shortfall), url }
  const amount = topUpAmount(shortfall)
  return {
    kind: 'pay',
    action: 'grant',
    by: 'operator',
    canYou: false,
    minAmount: formatAmount(shortfall),
    command: `faregate grant ${organization} ${amount}`,
    ...(billing.contact === undefined ? {} : { contact: billing.contact }),
    ...(billing.topUpUrl === undefined ? {} : { url: billing.topUpUrl }),
  }
}

/** At least 5.00, and enough to cover what is missing. */
function topUpAmount(shortfall: bigint): string {
  const five = 5_000_000_000n
  return formatAmount(shortfall > five ? shortfall : five)
}

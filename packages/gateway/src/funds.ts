import { capLevel, formatAmount, type CapLevel, type Denial, type DenialCode, type Fix, type LimitFacts, type Scope } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import type { AccountRef, Outcome, Shortfall } from '@faregate/ledger'
import { cappedMember, type CapRef } from './caps.ts'
import type { Settings } from './deps.ts'
import { raiseCap } from './raise-cap.ts'

export type Insufficient = Extract<Outcome, { status: 'insufficient' }>

/** The refusals that a balance which is too small causes. */
type MoneyCode = `cap_${CapLevel}` | 'insufficient_balance'

/** What the money denials of one request have in common. */
export interface FundsContext {
  settings: Settings
  key: KeyEntry
  legs: AccountRef[]
  /** The end user whom the request names. */
  user: string | null
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
  const code = outcome.reserved ? ('balance_reserved' as const) : codeOf(context, first)
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

function codeOf(context: FundsContext, shortfall: Shortfall): MoneyCode {
  const cap = capIn(context, shortfall)
  return cap === undefined ? 'insufficient_balance' : `cap_${capLevel(cap.base)}`
}

/** The cap that lacks room; undefined: it is the wallet. */
function capIn({ legs }: FundsContext, { leg }: Shortfall): CapRef | undefined {
  const ref = legs[leg]
  return ref?.kind === 'cap' ? ref : undefined
}

function scopeOf(context: FundsContext, shortfall: Shortfall): Scope {
  const { key, user } = context
  const shared = { key: `…${key.lastFour}` }
  const cap = capIn(context, shortfall)
  if (cap === undefined) return { level: 'org', id: key.organization.id, ...shared, balance: 'wallet' }
  const level = capLevel(cap.base)
  const ids = { key: key.id, user: cappedMember(key)?.id ?? user ?? '', team: key.team?.id ?? '', org: key.organization.id }
  return { level, id: ids[level], ...shared, balance: 'cap' }
}

function limitFacts(context: FundsContext, shortfall: Shortfall): LimitFacts {
  const { required, available, held, resetsAt } = shortfall
  return {
    kind: capIn(context, shortfall) === undefined ? 'balance' : 'cap',
    unit: context.settings.currency,
    required: formatAmount(required),
    available: formatAmount(available),
    held: formatAmount(held),
    shortfall: formatAmount(required - available),
    ...(resetsAt === null ? {} : { resetsAt: new Date(resetsAt).toISOString() }),
  }
}

function describe(context: FundsContext, code: MoneyCode | 'balance_reserved', shortfall: Shortfall): string {
  const { key, settings } = context
  const { required, available, held } = shortfall
  const unit = settings.currency
  const cost = `this request may cost up to ${formatAmount(required)} ${unit}`
  if (code === 'balance_reserved')
    return `${formatAmount(held)} ${unit} are held by requests in flight, ${formatAmount(available)} ${unit} are free; ${cost}.`
  if (code === 'insufficient_balance') return `${key.organization.name}'s balance is ${formatAmount(available)} ${unit}; ${cost}.`
  return `${ownerOf(context, code)} has ${formatAmount(available)} ${unit} left of its spend cap; ${cost}.`
}

function ownerOf({ key, user }: FundsContext, code: Exclude<MoneyCode, 'insufficient_balance'>): string {
  switch (code) {
    case 'cap_key':
      return `The key …${key.lastFour}`
    case 'cap_user':
      return personOf(key, user)
    case 'cap_team':
      return `The team "${key.team?.name ?? ''}"`
    case 'cap_org':
      return key.organization.name
  }
}

function personOf(key: KeyEntry, user: string | null): string {
  const member = cappedMember(key)
  return member === undefined ? `The end user "${(user ?? '').slice(0, 128)}"` : `The member "${member.name}"`
}

function fixesOf(context: FundsContext, code: MoneyCode | 'balance_reserved', shortfall: Shortfall, affordable: number): Fix[] {
  const lower: Fix[] =
    affordable > 0 ? [{ kind: 'change_request', action: 'lower_max_tokens', by: 'caller', canYou: true, to: affordable }] : []
  if (code === 'balance_reserved') return [{ kind: 'wait', action: 'wait_for_own_requests', by: 'caller', canYou: true }]
  const cap = capIn(context, shortfall)
  if (cap !== undefined) return [raiseCap(context.key, cap, shortfall), ...resetFix(shortfall), ...lower]
  return [payFix(context.settings, context.key.organization.id, shortfall.required - shortfall.available), ...lower]
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

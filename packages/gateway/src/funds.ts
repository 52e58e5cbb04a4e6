import {
  capLevel,
  formatAmount,
  type CapLevel,
  type Denial,
  type DenialCode,
  type Fix,
  type LimitFacts,
  type Nano,
  type Scope,
} from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import type { AccountRef, Outcome, Shortfall } from '@faregate/ledger'
import { isTooLow, TOO_LOW_BECAUSE, tooLowCode, tooLowFixes, type TooLow } from './balance-refusal.ts'
import { cappedMember, cappedTag, type CapRef } from './caps.ts'
import type { Settings } from './deps.ts'
import { saleFixes } from './plans/denials.ts'
import type { Planned } from './plans/port.ts'
import { quotaDenial, quotaOwner, quotaText, quotaUnit } from './plans/quota-exhausted.ts'
import { capAdmin, raiseCap } from './raise-cap.ts'
import { capSubject, quotaSubject, requestLimit } from './request-limit.ts'
import { refusedLegs } from './trace/ledger-rows.ts'

export type Insufficient = Extract<Outcome, { status: 'insufficient' }>

/** A refusal of the ledger; without its number, one that was only predicted. */
export type Refused = Omit<Insufficient, 'seq'> & { seq?: bigint }

/** Callers may name their users as they like: whom they call otherwise, nobody can give a cap of its own. */
const NAMEABLE = /^[^\u0000-\u001f\u007f]{1,300}$/

/** The refusals that a balance which is too small causes. */
type MoneyCode = `cap_${CapLevel}` | 'quota_exhausted' | TooLow

/** What the money denials of one request have in common. */
export interface FundsContext {
  settings: Settings
  key: KeyEntry
  legs: AccountRef[]
  /** The end user whom the request names. */
  user: string | null
  /** The plans under which it was asked for. */
  plan?: Planned | undefined
}

/**
 * Names the refusal of a hold (M26): reserved if waiting for the requests in flight would help on every balance,
 * otherwise the first balance, in precedence, that is too small even so. The rest goes to `also`.
 */
export function insufficientFunds(context: FundsContext, outcome: Refused): Denial {
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
  const more = code === 'quota_exhausted' ? quotaDenial(context, first, outcome) : {}
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
    ...more,
    evidence: refusedLegs(context.legs, outcome, (leg) => blockerOf(context, outcome, leg)),
  }
}

/** What one leg refuses the request for. */
function blockerOf(context: FundsContext, { reserved, shortfalls }: Refused, leg: number): DenialCode | undefined {
  const shortfall = shortfalls.find((one) => one.leg === leg)
  if (shortfall === undefined) return undefined
  return reserved || shortfall.available + shortfall.held >= shortfall.required ? 'balance_reserved' : codeOf(context, shortfall)
}

function alsoCodes(outcome: Refused, code: DenialCode, context: FundsContext): DenialCode[] {
  const blockers = outcome.shortfalls.flatMap(({ leg }) => blockerOf(context, outcome, leg) ?? [])
  return [...new Set(blockers)].filter((other) => other !== code)
}

function codeOf(context: FundsContext, shortfall: Shortfall): MoneyCode {
  if (quotaUnit(context.legs, shortfall) !== undefined) return 'quota_exhausted'
  const cap = capIn(context, shortfall)
  return cap === undefined ? tooLowCode(context.settings, context.key) : `cap_${capLevel(cap.base)}`
}

/** The cap that lacks room; undefined: it is a quota, or the wallet. */
function capIn({ legs }: FundsContext, { leg }: Shortfall): CapRef | undefined {
  const ref = legs[leg]
  return ref?.kind === 'cap' && ref.measure === undefined ? ref : undefined
}

function scopeOf(context: FundsContext, shortfall: Shortfall): Scope {
  const { key, user } = context
  const shared = { key: `…${key.lastFour}` }
  const cap = capIn(context, shortfall)
  if (cap === undefined) {
    const whose = { level: 'org' as const, id: key.organization.id, ...shared }
    if (quotaUnit(context.legs, shortfall) === undefined) return { ...whose, balance: 'wallet' }
    return { ...whose, balance: 'quota', ...quotaOwner(context, shortfall) }
  }
  const level = capLevel(cap.base)
  const [who, tag] = [cappedMember(key)?.id ?? user ?? '', cappedTag(key, cap.base) ?? '']
  const ids = { key: key.id, user: who, tag, team: key.team?.id ?? '', org: key.organization.id }
  return { level, id: ids[level], ...shared, balance: 'cap' }
}

function limitFacts(context: FundsContext, shortfall: Shortfall): LimitFacts {
  const { required, available, held, resetsAt } = shortfall
  const quota = quotaUnit(context.legs, shortfall)
  const text = quota === undefined ? formatAmount : String
  const credit = creditOf(context, shortfall)
  return {
    kind: quota !== undefined ? 'quota' : capIn(context, shortfall) !== undefined ? 'cap' : credit === undefined ? 'balance' : 'credit',
    unit: quota ?? context.settings.currency,
    required: text(required),
    available: text(available),
    held: text(held),
    shortfall: text(required - available),
    ...(credit === undefined ? {} : { creditLimit: formatAmount(credit) }),
    ...(resetsAt === null ? {} : { resetsAt: new Date(resetsAt).toISOString() }),
  }
}

/** The credit limit, where what lacks room is the wallet of an organization in arrears. */
function creditOf({ key, legs }: FundsContext, { leg }: Shortfall): Nano | undefined {
  return legs[leg]?.kind === 'wallet' ? key.organization.creditLimit : undefined
}

function describe(context: FundsContext, code: MoneyCode | 'balance_reserved', shortfall: Shortfall): string {
  const { key, settings } = context
  const { required, available, held } = shortfall
  const counted = quotaUnit(context.legs, shortfall)
  if (counted !== undefined) return quotaText(context, shortfall, counted, code === 'balance_reserved')
  const unit = settings.currency
  const cost = `this request may cost up to ${formatAmount(required)} ${unit}`
  if (code === 'balance_reserved')
    return `${formatAmount(held)} ${unit} are held by requests in flight, ${formatAmount(available)} ${unit} are free; ${cost}.`
  const credit = creditOf(context, shortfall)
  if (credit !== undefined)
    return `${key.organization.name}'s credit limit of ${formatAmount(credit)} ${unit} leaves ${formatAmount(available)} ${unit}; ${cost}.`
  if (isTooLow(code)) return `${key.organization.name}'s balance is ${formatAmount(available)} ${unit}; ${cost}.${TOO_LOW_BECAUSE[code]}`
  if (code === 'quota_exhausted') return cost
  return `${ownerOf(context, code, shortfall)} has ${formatAmount(available)} ${unit} left of its spend cap; ${cost}.`
}

function ownerOf(context: FundsContext, code: `cap_${CapLevel}`, shortfall: Shortfall): string {
  const { key, user } = context
  switch (code) {
    case 'cap_key':
      return `The key …${key.lastFour}`
    case 'cap_user':
      return personOf(key, user)
    case 'cap_tag':
      return `The tag "${cappedTag(key, capIn(context, shortfall)?.base ?? '') ?? ''}"`
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
  if (code === 'quota_exhausted') return [...quotaFixes(context, shortfall), ...lower, ...askForQuota(context, shortfall)]
  const cap = capIn(context, shortfall)
  if (cap !== undefined)
    return [raiseCap(context.key, context.user, cap, shortfall), ...resetFix(shortfall), ...lower, ...askForCap(context, cap)]
  const missing = shortfall.required - shortfall.available
  return [...tooLowFixes(context.settings, context.key, isTooLow(code) ? code : 'insufficient_balance', missing), ...lower]
}

/** What can be bought helps first; a plan that somebody has to approve comes after the wait. */
function quotaFixes({ key, plan }: FundsContext, shortfall: Shortfall): Fix[] {
  const [bought, asked] = [false, true].map((approval) => (plan?.sales ?? []).filter((sale) => sale.approval === approval))
  return [...saleFixes(key, bought ?? []), ...resetFix(shortfall), ...saleFixes(key, asked ?? [])]
}

function resetFix({ resetsAt }: Shortfall): Fix[] {
  return resetsAt === null
    ? []
    : [{ kind: 'wait', action: 'wait_for_reset', by: 'caller', canYou: true, resetsAt: new Date(resetsAt).toISOString() }]
}

function askForCap({ settings, key, user }: FundsContext, { base }: CapRef): Fix[] {
  const level = capLevel(base)
  const name = (level === 'tag' ? cappedTag(key, base) : user) ?? ''
  if (level === 'user' && cappedMember(key) === undefined && !NAMEABLE.test(name)) return []
  return [requestLimit(settings, key, capSubject(key, level, name), capAdmin(key, user, base))]
}

function askForQuota({ settings, key, legs }: FundsContext, { leg }: Shortfall): Fix[] {
  const ref = legs[leg]
  const subject = ref?.kind === 'cap' ? quotaSubject(ref.base) : undefined
  return subject === undefined ? [] : [requestLimit(settings, key, subject, 'operator')]
}

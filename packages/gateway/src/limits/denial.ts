import { DENIAL_CODES, limitIdentity, limitText, limitWord, type Denial, type Fix, type LimitFacts, type LimitScope } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import type { Settings } from '../deps.ts'
import { mayMend, nearestAdmin } from '../mend.ts'
import { limitSubject, requestLimit } from '../request-limit.ts'
import type { Demand, Standing } from '@faregate/limits'
import { limitRows } from '../trace/limit-rows.ts'

/** A wait longer than this is not announced: clients would sleep through it. Seconds. */
const LONGEST_WAIT = 60

/** Names the limit that keeps the request waiting longest; a rate goes before a concurrency. `now` in milliseconds. */
export function limitDenial(settings: Pick<Settings, 'publicUrl'>, key: KeyEntry, standings: Standing[], now: number): Denial {
  const refusing = standings.filter(({ ok }) => !ok)
  const rates = refusing.filter(({ demand }) => demand.terms.kind !== 'concurrency')
  const named = rates.length > 0 ? rates : refusing
  const first = named.reduce((longest, standing) => (standing.waitMs > longest.waitMs ? standing : longest))
  const seconds = Math.max(1, Math.ceil(first.waitMs / 1_000))
  const { scope, terms } = first.demand.rule
  return {
    code: rates.length > 0 ? 'rate_limited' : 'concurrency_limited',
    detail: `${ownerOf(key, scope)} may use ${limitText(terms)}. ${whatIsLeft(first, seconds)}`,
    scope: { ...scope, key: `…${key.lastFour}`, ...(terms.by === undefined ? {} : { by: terms.by }) },
    limit: limitFacts(first, now),
    fixes: [
      { kind: 'wait', action: rates.length > 0 ? 'slow_down' : 'wait_for_own_requests', by: 'caller', canYou: true, seconds },
      ...raiseLimit(key, first.demand),
      requestLimit(settings, key, limitSubject(scope, terms), raiserOf(key, scope.level)),
    ],
    ...(rates.length > 0 && rates.length < refusing.length ? { also: ['concurrency_limited'] as const satisfies Denial['also'] } : {}),
    ...(seconds <= LONGEST_WAIT ? { retryAfterSeconds: seconds } : { retryable: false }),
    evidence: limitRows(standings),
  }
}

/** The one that takes precedence is the answer; the other, with what came with it, goes to its `also`. */
export function firstOf(one: Denial, other: Denial | undefined): Denial {
  if (other === undefined) return one
  const [first, second] = DENIAL_CODES.indexOf(one.code) <= DENIAL_CODES.indexOf(other.code) ? [one, other] : [other, one]
  const also = new Set([...(first.also ?? []), second.code, ...(second.also ?? [])])
  also.delete(first.code)
  return { ...first, also: [...also], evidence: [...(one.evidence ?? []), ...(other.evidence ?? [])] }
}

function ownerOf(key: KeyEntry, { level, plan }: LimitScope): string {
  if (level === 'key') return `The key …${key.lastFour}`
  if (level === 'plan') return `${key.organization.name}'s plan "${plan}"`
  return level === 'app' ? `The application ${key.application.name}` : key.organization.name
}

function whatIsLeft({ demand, remaining, waitMs }: Standing, seconds: number): string {
  if (demand.terms.kind === 'concurrency') return 'All of these are running now.'
  const asked = demand.terms.kind === 'tokens' ? ` and this request may use ${demand.cost}` : ''
  const wait = waitMs < 1_000 ? `${waitMs} ms` : `${seconds} s`
  return `${remaining} are left${asked}; it would be let through in ${wait}.`
}

function limitFacts({ demand, remaining, waitMs }: Standing, now: number): LimitFacts {
  const { terms } = demand.rule
  const shared = { required: String(demand.cost), available: String(remaining), amount: terms.amount }
  if (terms.kind === 'concurrency') return { kind: 'concurrency', unit: 'requests', ...shared }
  return {
    kind: 'rate',
    unit: terms.kind,
    ...shared,
    per: terms.per,
    burst: terms.burst ?? terms.amount,
    resetsAt: new Date(now + waitMs).toISOString(),
  }
}

/** Where a limit is raised, by which command, and what that needs; null: it takes the operator. */
const RAISED: Record<Exclude<LimitScope['level'], 'plan'>, { path: string; command: string; permission: string | null }> = {
  key: { path: 'keys', command: 'key', permission: 'keys:write' },
  app: { path: 'applications', command: 'app', permission: 'applications:write' },
  org: { path: 'organizations', command: 'org', permission: null },
}

/** What an organization or a plan is held to is the operator's to change. */
function raiserOf(key: KeyEntry, level: LimitScope['level']): Fix['by'] {
  const permission = level === 'plan' ? null : RAISED[level].permission
  return permission === null ? 'operator' : nearestAdmin(key, permission)
}

/**
 * Doubles a limit, or more where the request needs it; the others of the same scope stay as they are. A plan's limit is raised for one
 * subscription, by deciding about a request: versions of plans never change.
 */
function raiseLimit(key: KeyEntry, { rule, cost }: Demand): Fix[] {
  const { level, id } = rule.scope
  if (level === 'plan') return []
  const { path, command, permission } = RAISED[level]
  const to = Math.max(2 * rule.terms.amount, cost)
  const beside = (key.limits ?? []).filter(({ scope }) => scope.level === level)
  const limits = beside.map(({ terms }) => (limitIdentity(terms) === limitIdentity(rule.terms) ? { ...terms, amount: to } : terms))
  return [
    {
      kind: 'change_policy',
      action: 'raise_limit',
      by: raiserOf(key, level),
      canYou: permission !== null && mayMend(key, permission),
      to,
      method: 'PATCH',
      path: `/api/${path}/${id}`,
      command: [`faregate ${command} update ${id}`, ...limits.map((terms) => `--limit ${limitWord(terms)}`)].join(' '),
    },
  ]
}

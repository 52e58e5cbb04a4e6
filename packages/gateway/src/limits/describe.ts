import type { LimitRule } from '@faregate/core'
import type { Standing } from '@faregate/limits'
import type { GatewayDeps } from '../deps.ts'
import { demandsOf } from './demands.ts'

/** Each limit with what is left of it now; null where every user, or tag, has an own. */
export async function describeLimits({ limiter, clock }: GatewayDeps, limits: readonly LimitRule[]): Promise<Record<string, unknown>[]> {
  if (limits.length === 0) return []
  const counted = limits.filter(({ terms }) => terms.by === undefined)
  const { standings } = await limiter.peek(demandsOf({ limits: counted, user: null, tags: [], tokens: 1 }))
  const found = new Map(standings.map((standing) => [standing.demand.rule, standing]))
  return limits.map((rule) => describeLimit(rule, found.get(rule), clock.now()))
}

function describeLimit({ scope, terms }: LimitRule, standing: Standing | undefined, now: number): Record<string, unknown> {
  const rate = terms.kind === 'concurrency' ? {} : { per: terms.per, burst: terms.burst ?? terms.amount }
  const full = terms.kind === 'concurrency' || standing === undefined ? null : new Date(now + standing.fullMs).toISOString()
  return {
    level: scope.level,
    ...(scope.plan === undefined ? {} : { plan: scope.plan, subscription: scope.id }),
    kind: terms.kind,
    amount: terms.amount,
    ...rate,
    by: terms.by ?? null,
    available: standing?.remaining ?? null,
    fullAt: full,
  }
}

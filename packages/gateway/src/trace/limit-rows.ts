import type { TraceStep } from '@faregate/core'
import type { Standing } from '@faregate/limits'
import { row } from './row.ts'

/** Each limit that the request was counted against: what it asked for, and what was left. */
export function limitRows(standings: readonly Standing[]): TraceStep[] {
  return standings.map(({ demand: { rule, cost }, ok, remaining, waitMs }) => {
    const { name, scope, terms } = rule
    const code = terms.kind === 'concurrency' ? ('concurrency_limited' as const) : ('rate_limited' as const)
    return row('limit', ok ? undefined : { code }, {
      limit: name,
      level: scope.level,
      id: scope.id,
      ...terms,
      required: cost,
      // Of a request that was let through, what was left after it.
      remaining,
      ...(ok ? {} : { waitMs }),
    })
  })
}

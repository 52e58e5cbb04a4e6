import { LIMIT_WINDOWS, type LimitRule } from '@faregate/core'
import type { Standing } from '@faregate/limits'
import type { CallerLimits } from '@faregate/wire'

/** Policies stay the same for as long as a key's entry does. */
const written = new WeakMap<LimitRule, string>()

/**
 * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-11): for each limit what it allows, and what is
 * left of it. Where a limit is counted for several tags, of the one that has least.
 */
export function limitHeaders(standings: Standing[]): Record<string, string> {
  const least = new Map<LimitRule, Standing>()
  for (const standing of standings) {
    const { rule } = standing.demand
    const known = least.get(rule)
    if (known === undefined || standing.remaining < known.remaining || (known.ok && !standing.ok)) least.set(rule, standing)
  }
  if (least.size === 0) return {}
  return {
    'ratelimit-policy': [...least.keys()].map(policyOf).join(', '),
    ratelimit: [...least.values()].map(stateOf).join(', '),
  }
}

function policyOf(rule: LimitRule): string {
  let policy = written.get(rule)
  if (policy === undefined) {
    policy = `"${rule.name}";q=${rule.terms.amount}${unitAndWindow(rule)}`
    written.set(rule, policy)
  }
  return policy
}

function unitAndWindow({ terms }: LimitRule): string {
  if (terms.kind === 'concurrency') return ';qu="concurrent-requests"'
  return `${terms.kind === 'tokens' ? ';qu="tokens"' : ''};w=${LIMIT_WINDOWS[terms.per]}`
}

/** `t`: when this request would be let through; where it was, when all is back. */
function stateOf({ demand: { rule }, remaining, ok, waitMs, fullMs }: Standing): string {
  const left = `"${rule.name}";r=${remaining}`
  return rule.terms.kind === 'concurrency' ? left : `${left};t=${Math.ceil((ok ? fullMs : waitMs) / 1_000)}`
}

/** Of each kind of rate the limit that has least left, for dialects whose vendors tell of one. */
export function tightestOf(standings: readonly Standing[]): CallerLimits {
  const tightest: CallerLimits = {}
  for (const { demand, remaining, fullMs } of standings) {
    const { kind, amount } = demand.rule.terms
    if (kind === 'concurrency' || (tightest[kind]?.remaining ?? Number.POSITIVE_INFINITY) <= remaining) continue
    tightest[kind] = { amount, remaining, resetMs: fullMs }
  }
  return tightest
}

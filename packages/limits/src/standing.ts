import type { LimitTerms } from '@faregate/core'
import { burstOf, MILLION, neededOf, waitMillis } from './bucket.ts'
import type { Counted, Demand } from './port.ts'

/** Places are freed when requests end, which nobody knows beforehand: this soon it is worth another try. */
const PLACE_WAIT_MS = 1_000

/** How a request stands with one of its limits. */
export interface Standing {
  demand: Demand
  /** Whether this limit has nothing against the request. */
  ok: boolean
  /** Whole units that are left. */
  remaining: number
  /** Milliseconds until the request would be let through; 0 where it is. */
  waitMs: number
  /** Milliseconds until as much is left as can be; 0 for a concurrency. */
  fullMs: number
}

export function standingsOf(demands: readonly Demand[], { admitted, left }: Counted): Standing[] {
  return demands.map((demand, index) => standingOf(demand, left[index] ?? 0, admitted))
}

function standingOf(demand: Demand, left: number, admitted: boolean): Standing {
  const { terms, cost } = demand
  if (terms.kind === 'concurrency') {
    const ok = admitted || left > 0
    return { demand, ok, remaining: Math.max(0, left), waitMs: ok ? 0 : PLACE_WAIT_MS, fullMs: 0 }
  }
  const burst = burstOf(terms)
  const needed = neededOf(terms, cost)
  const ok = admitted || left >= needed
  return {
    demand,
    ok,
    remaining: Math.min(burst, Math.max(0, Math.floor(left / MILLION))),
    waitMs: ok ? 0 : waitMillis(terms, left, needed),
    fullMs: waitMillis(terms, left, burst * MILLION),
  }
}

/** What one of several replicas may let through by itself. Each can do something at least. */
export function shareOf(terms: LimitTerms, replicas: number): LimitTerms {
  if (replicas <= 1) return terms
  if (terms.kind === 'concurrency') return { ...terms, amount: Math.max(1, Math.floor(terms.amount / replicas)) }
  return { ...terms, amount: terms.amount / replicas, burst: Math.max(1, Math.floor(burstOf(terms) / replicas)) }
}

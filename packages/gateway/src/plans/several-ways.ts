import type { Denial } from '@faregate/core'
import type { Offer } from './port.ts'

/** A way to have a request, and what refused it; without plans there is one, without an offer. */
export interface RefusedWay {
  offer: Offer | undefined
  refusal: Denial
}

/**
 * Any of several ways would have done, so that the one which opens soonest by waiting names the refusal, else the first; what
 * was seen of each is shown, in the order in which they were tried. Of a subscription its last way decides: use beyond its quotas
 * was refused by those that end.
 */
export function nearestWay<Way extends RefusedWay>(ways: readonly Way[]): Way | undefined {
  const deciding = new Map<string | undefined, Way>()
  for (const way of ways) deciding.set(way.offer?.subscription, way)
  const [first, ...others] = deciding.values()
  if (first === undefined) return undefined
  const nearest = others.reduce((best, way) => (waitOf(way) < waitOf(best) ? way : best), first)
  return { ...nearest, refusal: { ...nearest.refusal, evidence: ways.flatMap(({ refusal }) => refusal.evidence ?? []) } }
}

/** Seconds; infinite where nothing is said of waiting. */
function waitOf({ refusal }: RefusedWay): number {
  return refusal.retryAfterSeconds ?? Number.POSITIVE_INFINITY
}

import type { Denial } from '@faregate/core'
import { withEvidence } from '../trace/row.ts'
import type { Offer } from './port.ts'

/** A way to have a request, and what refused it; without plans there is one, without an offer. */
export interface RefusedWay {
  offer: Offer | undefined
  refusal: Denial
}

/**
 * Any of several ways would have done, so that the one which opens soonest by waiting names the refusal, else the first; what was
 * seen of the others stands beside it. Of a subscription it is its last way that decides: use beyond its quotas was refused
 * by those that end.
 */
export function nearestWay<Way extends RefusedWay>(ways: readonly Way[]): Way | undefined {
  const deciding = new Map<string | undefined, Way>()
  for (const way of ways) deciding.set(way.offer?.subscription, way)
  const [first, ...others] = deciding.values()
  if (first === undefined) return undefined
  const nearest = others.reduce((best, way) => (waitOf(way) < waitOf(best) ? way : best), first)
  const beside = ways.filter((way) => way !== nearest)
  return { ...nearest, refusal: beside.reduce((denial, { refusal }) => withEvidence(denial, refusal), nearest.refusal) }
}

/** Seconds; infinite where nothing is said of waiting. */
function waitOf({ refusal }: RefusedWay): number {
  return refusal.retryAfterSeconds ?? Number.POSITIVE_INFINITY
}

import type { AccountRef } from '@faregate/ledger'
import { RATE_SCALE, scaledTable } from '@faregate/pricing'
import type { Route } from '../locate.ts'
import type { Offer, QuotaRef } from './port.ts'

/** Routes are resolved once for a configuration; so are their prices under a factor. */
const priced = new WeakMap<Route, Map<string, Route>>()

/** The route at the prices of an offer. */
export function routeUnder(route: Route, offer: Offer | undefined): Route {
  if (offer === undefined || offer.factor === '1') return route
  const known = priced.get(route) ?? new Map<string, Route>()
  priced.set(route, known)
  const found = known.get(offer.factor)
  if (found !== undefined) return found
  const candidates = route.candidates.map((candidate) => ({ ...candidate, price: scaledTable(candidate.price, offer.factor) }))
  const made = { ...route, candidates }
  known.set(offer.factor, made)
  return made
}

/** The legs of an offer's quotas: a request counts once, its tokens as far as they are bounded. */
export function quotaLegs(offer: Offer | undefined, inputTokens: number, n: number): AccountRef[] {
  if (offer === undefined) return []
  return offer.quotas.map(({ counts, ...ref }: QuotaRef) => ({
    ...ref,
    measure: counts === 'requests' ? ONCE : { fixed: BigInt(inputTokens) * RATE_SCALE, perStep: BigInt(n) * RATE_SCALE },
  }))
}

const ONCE = { fixed: RATE_SCALE, perStep: 0n }

/** For a slice after the first: what is counted once was held with that. */
export function furtherLeg(leg: AccountRef): AccountRef {
  if (leg.kind === 'wallet' || leg.measure === undefined) return leg
  return { ...leg, measure: { fixed: 0n, perStep: leg.measure.perStep } }
}

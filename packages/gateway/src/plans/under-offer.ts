import type { AccountRef } from '@faregate/ledger'
import { RATE_SCALE } from '@faregate/pricing'
import type { Route } from '../locate.ts'
import { routeByRule } from '../price-terms.ts'
import type { Offer, QuotaRef } from './port.ts'

/** The route at the prices of an offer. */
export function routeUnder(route: Route, offer: Offer | undefined): Route {
  return offer === undefined ? route : routeByRule(route, offer.rule, offer.beyond === true ? 'overage' : 'plan')
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

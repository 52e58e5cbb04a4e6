import { formatAmount, type Deployment, type Snapshot } from '@faregate/core'
import { largestChange, nameOf, parseSchedule, shownAt, SHARE_SCALE, type PriceSchedule, type RateChange } from '@faregate/pricing'
import type { CataloguePriceRow, PriceOfferRow, PriceOfferState } from '../price-rows.ts'
import { timeText } from './time.ts'

/** What is known of the models that an offer is about. */
export interface OfferContext {
  snapshot: Snapshot
  /** How the catalogue names the vendor of a deployment; `undefined`: it costs something else than the catalogue says. */
  priceKeyOf: (deployment: Deployment) => string | undefined
}

/** An offer beside the price in force, or what was in force when it was decided. */
export function presentPendingPrice(
  context: OfferContext,
  offer: PriceOfferRow,
  inForce: CataloguePriceRow | undefined,
  state: PriceOfferState = offer.state,
) {
  const { effectiveAt: at } = offer
  const offered = parseSchedule(offer.schedule)
  const before: PriceSchedule = inForce === undefined ? [] : parseSchedule(inForce.schedule)
  return {
    id: offer.id,
    name: nameOf(offer),
    deployments: deploymentsOf(context, offer),
    state,
    inForce: inForce === undefined ? null : shownAt(before, at),
    offered: shownAt(offered, at),
    changes: (largestChange(before, offered, at)?.rates ?? []).map(presentChange),
    change: offer.share === null ? null : shareText(offer.share),
    effectiveAt: timeText(at),
    since: timeText(offer.createdAt),
  }
}

function presentChange({ bucket, fromTokens, before, after, share }: RateChange) {
  return {
    bucket,
    fromTokens,
    before: before === null ? null : formatAmount(before),
    after: after === null ? null : formatAmount(after),
    change: share === null ? null : `${(after ?? 0n) < (before ?? 0n) ? '-' : ''}${shareText(share)}`,
  }
}

/** Shares and amounts count in the same unit: billionths. */
function shareText(share: bigint): string {
  return formatAmount((share * 1_000_000_000n) / SHARE_SCALE)
}

function deploymentsOf({ snapshot, priceKeyOf }: OfferContext, { priceKey, model }: PriceOfferRow): string[] {
  const names = [...snapshot.models.values()]
    .flatMap(({ deployments }) => deployments)
    .filter((deployment) => deployment.model === model && priceKeyOf(deployment) === priceKey)
    .map((deployment) => `${deployment.provider}/${deployment.model}`)
  return [...new Set(names)]
}

import type { Millis } from '@faregate/core'
import type { PublishedCatalogue } from './catalogue.ts'
import { exceeds, largestChange, type Share } from './change.ts'
import { scheduleFingerprint } from './schedule-text.ts'
import type { PriceSchedule } from './schedule.ts'

/** A vendor's model, as the catalogue names them. */
export interface PricedModel {
  priceKey: string
  model: string
}

/** The catalogue's price of a model as it was last in force. */
export interface RememberedPrice extends PricedModel {
  /** Whose prices these are: a release of the catalogue, by its day. */
  release: string
  /** The newest release that was compared with them. */
  seen: string
  schedule: PriceSchedule
  /** When it was last called, or else remembered. */
  usedAt: Millis
}

/** Another price that a newer catalogue brought, which waits for approval or was rejected. */
export interface PriceOffer extends PricedModel {
  id: string
  release: string
  schedule: PriceSchedule
  state: 'pending' | 'rejected'
}

export interface ReviewInput {
  /** The models whose price the catalogue says, because they are configured. */
  configured: readonly PricedModel[]
  /** The vendors that are connected. */
  connected: ReadonlySet<string>
  remembered: readonly RememberedPrice[]
  offers: readonly PriceOffer[]
  catalogue: Pick<PublishedCatalogue, 'version' | 'schedule'>
  /** The largest change that is put in force unasked, as a share (`SHARE_SCALE`). */
  limit: bigint
  now: Millis
}

/** What a new release of the catalogue makes of one model's price. */
export type PriceVerdict =
  /** Nobody knew a price: the catalogue's is in force, and is kept. */
  | { type: 'remember'; price: RememberedPrice }
  /** Nobody calls it any more: the catalogue's own price will do. */
  | { type: 'forget'; model: PricedModel }
  /** The same prices, by the name of the newer release. */
  | { type: 'confirm'; price: RememberedPrice }
  /** A change that is small enough. */
  | { type: 'apply'; before: RememberedPrice; price: RememberedPrice; share: Share; at: Millis }
  /** A change that waits; the price in force stays. */
  | { type: 'offer'; before: RememberedPrice; release: string; schedule: PriceSchedule; share: Share; at: Millis }
  /** An offer that a newer release has overtaken. */
  | { type: 'withdraw'; offer: PriceOffer }

/** How long a model that is not configured counts as used after a call. */
const USED_FOR_MS = 30 * 86_400_000

/**
 * Compares the prices in force with those of the catalogue that this program brings. Says nothing where nothing changes:
 * asked again after its verdicts are carried out, it is silent. A catalogue that is older than one that was compared
 * before changes nothing: what was decided since stays.
 */
export function reviewPrices(input: ReviewInput): PriceVerdict[] {
  const { configured, connected, remembered, catalogue, now } = input
  const configuredNames = new Set(configured.map(nameOf))
  const known = new Set(remembered.map(nameOf))
  const verdicts: PriceVerdict[] = []
  for (const price of remembered) {
    const used = configuredNames.has(nameOf(price)) || price.usedAt > now - USED_FOR_MS
    if (!used) verdicts.push(...allWithdrawn(input, price), { type: 'forget', model: { priceKey: price.priceKey, model: price.model } })
    else if (connected.has(price.priceKey) && catalogue.version >= price.seen) verdicts.push(...compare(input, price))
  }
  for (const model of distinct(configured)) if (!known.has(nameOf(model))) verdicts.push(...remember(input, model))
  return verdicts
}

/** What is known of a model from now on, where the catalogue prices it. */
export function firstPrice(
  catalogue: ReviewInput['catalogue'],
  { priceKey, model }: PricedModel,
  now: Millis,
): RememberedPrice | undefined {
  const schedule = catalogue.schedule(priceKey, model)
  return schedule && { priceKey, model, release: catalogue.version, seen: catalogue.version, schedule, usedAt: now }
}

function remember({ catalogue, now }: ReviewInput, model: PricedModel): PriceVerdict[] {
  const price = firstPrice(catalogue, model, now)
  return price === undefined ? [] : [{ type: 'remember', price }]
}

function compare(input: ReviewInput, before: RememberedPrice): PriceVerdict[] {
  const { catalogue, limit, now } = input
  const schedule = catalogue.schedule(before.priceKey, before.model)
  // A price that the catalogue no longer knows stays in force.
  if (schedule === undefined) return []
  const release = catalogue.version
  const fingerprint = scheduleFingerprint(schedule)
  const same = scheduleFingerprint(before.schedule) === fingerprint
  const change = same ? undefined : largestChange(before.schedule, schedule, now)
  const price: RememberedPrice = { ...before, release, seen: release, schedule }
  if (change === undefined) {
    const unchanged = same && before.release === release
    return [...pendingWithdrawn(input, before), ...(unchanged ? [] : [{ type: 'confirm', price } as const])]
  }
  const asked = offersOf(input, before).find((offer) => scheduleFingerprint(offer.schedule) === fingerprint)
  // Whatever the limit is by now: no was said to exactly this.
  if (asked?.state === 'rejected') return pendingWithdrawn(input, before)
  if (!exceeds(change.share, limit))
    return [...allWithdrawn(input, before), { type: 'apply', before, price, share: change.share, at: change.at }]
  if (asked !== undefined) return []
  return [...pendingWithdrawn(input, before), { type: 'offer', before, release, schedule, share: change.share, at: change.at }]
}

function pendingWithdrawn(input: ReviewInput, model: PricedModel): PriceVerdict[] {
  return allWithdrawn(input, model).filter((verdict) => verdict.type === 'withdraw' && verdict.offer.state === 'pending')
}

/** With another price in force, what was rejected before would be another change. */
function allWithdrawn(input: ReviewInput, model: PricedModel): PriceVerdict[] {
  return offersOf(input, model).map((offer) => ({ type: 'withdraw', offer }))
}

function offersOf({ offers }: ReviewInput, model: PricedModel): PriceOffer[] {
  return offers.filter((offer) => nameOf(offer) === nameOf(model))
}

/** How a model's price is called: no vendor's name has a slash. */
export function nameOf({ priceKey, model }: PricedModel): string {
  return `${priceKey}/${model}`
}

function distinct(models: readonly PricedModel[]): PricedModel[] {
  return [...new Map(models.map((model) => [nameOf(model), model])).values()]
}

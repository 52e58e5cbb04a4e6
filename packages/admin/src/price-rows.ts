import type { Millis } from '@faregate/core'

/** The catalogue's price of a model as it is in force. */
export interface CataloguePriceRow {
  priceKey: string
  model: string
  /** The release of the catalogue that it is of, and the newest that it was compared with, by their days. */
  release: string
  seen: string
  /** JSON, read by `parseSchedule`. */
  schedule: string
  usedAt: Millis
}

/** A price that a newer catalogue brought and that differs too much to be put in force unasked. */
export interface PriceOfferRow {
  id: string
  priceKey: string
  model: string
  release: string
  /** JSON, read by `parseSchedule`. */
  schedule: string
  /** How far it is from the price in force, as a share (`SHARE_SCALE`); null: from nothing, or to no price. */
  share: bigint | null
  /** When the difference is as large as that. */
  effectiveAt: Millis
  state: PriceOfferState
  createdAt: Millis
}

export type PriceOfferState = 'pending' | 'approved' | 'rejected' | 'withdrawn'

/** What became of an offer, by whom and why. */
export interface PriceDecision {
  state: Exclude<PriceOfferState, 'pending'>
  by: string
  at: Millis
  reason: string | null
}

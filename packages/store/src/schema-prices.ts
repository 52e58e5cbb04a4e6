import type { Int, IntOrNull, Json } from './schema.ts'

export interface PriceTables {
  prices: PricesTable
  catalogue_prices: CataloguePricesTable
  price_offers: PriceOffersTable
}

/** What the operator set for a provider's model; it goes before the catalogue. */
export interface PricesTable {
  /** `provider/model` */
  name: string
  provider: string
  model: string
  rates: Json
  version: string
  created_at: Int
  updated_at: Int
}

/** The catalogue's price of a model as it is in force, whatever the newest catalogue says. */
export interface CataloguePricesTable {
  price_key: string
  model: string
  /** The release of the catalogue that these prices are of, by its day. */
  release_day: string
  /** The newest release that they were compared with. */
  seen_day: string
  /** Read by `parseSchedule` of pricing. */
  schedule: Json
  used_at: Int
  updated_at: Int
}

/** A price that a newer catalogue brought and that is not put in force unasked. */
export interface PriceOffersTable {
  id: string
  price_key: string
  model: string
  release_day: string
  schedule: Json
  /** How far it is from the price in force: a whole number of billionths; null: from nothing, or to no price. */
  share: string | null
  /** When the difference is as large as that. */
  effective_at: Int
  /** `pending`, `approved`, `rejected` or `withdrawn`. */
  state: string
  created_at: Int
  decided_at: IntOrNull
  decided_by: string | null
  reason: string | null
}

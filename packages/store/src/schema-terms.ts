import type { Json } from './schema.ts'

/** What models cost an organization, and how much refusals tell its callers; null: as everybody. */
export interface TermsColumns {
  price_factor: string | null
  prices: Json | null
  disclosure: string | null
}

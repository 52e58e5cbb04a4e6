import type { ModelFacts } from './model-facts.ts'

/** One model that the catalogue's package does not know yet, or knows wrongly, as its vendor publishes it. */
export interface OverlayEntry {
  /** The vendor, as the catalogue names it. */
  priceKey: string
  /** The model's exact name at the vendor. */
  model: string
  /** The day from which it holds, `YYYY-MM-DD` (UTC); part of the table's version. */
  from: string
  /** The vendor's page that says so. */
  source: string
  /** Decimal strings as in `parseRates`. */
  price: Record<string, string>
  facts?: ModelFacts
}

/**
 * Wins over the package for its models from its day on. Only what a vendor's own page confirms belongs here;
 * entries go away when the package knows them. None is needed at the moment.
 */
export const OVERLAY: readonly OverlayEntry[] = []

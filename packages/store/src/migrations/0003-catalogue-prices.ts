import type { Migration } from './migration.ts'

/** The catalogue's prices that are in force, and those that newer catalogues brought and that wait for approval. */
export const cataloguePrices: Migration = {
  number: 3,
  name: 'catalogue-prices',
  statements: [
    `CREATE TABLE catalogue_prices (
      price_key TEXT NOT NULL, model TEXT NOT NULL, release_day TEXT NOT NULL, seen_day TEXT NOT NULL, schedule TEXT NOT NULL,
      used_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, PRIMARY KEY (price_key, model)) STRICT`,
    `CREATE TABLE price_offers (
      id TEXT PRIMARY KEY NOT NULL, price_key TEXT NOT NULL, model TEXT NOT NULL, release_day TEXT NOT NULL, schedule TEXT NOT NULL,
      share TEXT, effective_at INTEGER NOT NULL, state TEXT NOT NULL, created_at INTEGER NOT NULL,
      decided_at INTEGER, decided_by TEXT, reason TEXT) STRICT`,
    // However many processes start at once: a model's price waits for one approval at a time.
    `CREATE UNIQUE INDEX price_offers_pending ON price_offers (price_key, model) WHERE state = 'pending'`,
  ],
}

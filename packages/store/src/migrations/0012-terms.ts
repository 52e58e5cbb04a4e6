import type { Migration } from './migration.ts'

/** What models cost an organization, and how much refusals tell its callers; null: as everybody. */
export const terms: Migration = {
  number: 12,
  name: 'terms',
  statements: ['price_factor', 'prices', 'disclosure'].map((column) => `ALTER TABLE organizations ADD COLUMN ${column} TEXT`),
}

import type { Migration } from './migration.ts'

/** Who may see an API is said of its name, and stays when it is taken off: whoever goes back shows it to nobody else. */
export const apiListings: Migration = {
  number: 24,
  name: 'listings of APIs that are taken off',
  statements: [
    'CREATE TABLE api_listings (api TEXT PRIMARY KEY NOT NULL, listing TEXT NOT NULL) STRICT',
    'INSERT INTO api_listings (api, listing) SELECT name, listing FROM apis WHERE listing IS NOT NULL',
    'ALTER TABLE apis DROP COLUMN listing',
  ],
}

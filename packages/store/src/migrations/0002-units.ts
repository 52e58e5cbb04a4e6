import type { Migration } from './migration.ts'

/** What models bill that is no token. */
export const units: Migration = {
  number: 2,
  name: 'units',
  statements: ['images', 'seconds', 'characters', 'searches'].map((column) => `ALTER TABLE requests ADD COLUMN ${column} INTEGER`),
}

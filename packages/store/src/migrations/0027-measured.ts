import type { Migration } from './migration.ts'

/** What the charge of a call was reckoned from, where its price depends on what went through it. Null: it does not. */
export const measured: Migration = {
  number: 27,
  name: 'measured calls',
  statements: ['ALTER TABLE requests ADD COLUMN measured TEXT'],
}

import type { Migration } from './migration.ts'

/** How an API goes: deprecated or retired, since when, and what takes its place. Null: it stays. */
export const apiRetirement: Migration = {
  number: 16,
  name: 'retirement of APIs',
  statements: ['ALTER TABLE apis ADD COLUMN retirement TEXT'],
}

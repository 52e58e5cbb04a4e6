import type { Migration } from './migration.ts'

/** Whether an organization may make calls. */
export const people: Migration = {
  number: 4,
  name: 'people',
  statements: [
    `ALTER TABLE organizations ADD COLUMN suspended_at INTEGER`,
    `ALTER TABLE organizations ADD COLUMN suspended_reason TEXT`,
  ],
}

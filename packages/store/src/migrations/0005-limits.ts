import type { Migration } from './migration.ts'

/** What keys, applications and organizations may use in a time, and at the same time. */
export const limits: Migration = {
  number: 5,
  name: 'limits',
  statements: ['keys', 'applications', 'organizations'].map((table) => `ALTER TABLE ${table} ADD COLUMN limits TEXT`),
}

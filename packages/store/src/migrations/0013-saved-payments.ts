import type { Migration } from './migration.ts'

/** Payment methods that are kept at a rail, top-ups that are paid with them, and money that goes back through the rail. */
export const savedPayments: Migration = {
  number: 13,
  name: 'saved-payments',
  statements: [
    `CREATE TABLE payment_customers (
      organization_id TEXT PRIMARY KEY NOT NULL REFERENCES organizations (id), rail TEXT NOT NULL, reference TEXT NOT NULL) STRICT`,
    `CREATE TABLE payment_methods (
      id TEXT PRIMARY KEY NOT NULL, organization_id TEXT NOT NULL REFERENCES organizations (id), rail TEXT NOT NULL,
      reference TEXT NOT NULL, kind TEXT NOT NULL, label TEXT, last_four TEXT, expires TEXT, saving TEXT NOT NULL,
      verified INTEGER NOT NULL, preferred INTEGER NOT NULL, created_at INTEGER NOT NULL) STRICT`,
    `CREATE INDEX payment_methods_by_organization ON payment_methods (organization_id)`,
    // However many choose at once: one of an organization's methods is charged.
    `CREATE UNIQUE INDEX payment_methods_preferred ON payment_methods (organization_id) WHERE preferred = 1`,

    ...['automatic INTEGER NOT NULL DEFAULT 0', 'payment TEXT', 'plan TEXT', 'plan_version INTEGER'].map(
      (column) => `ALTER TABLE top_ups ADD COLUMN ${column}`,
    ),
    `CREATE TABLE auto_top_ups (
      organization_id TEXT PRIMARY KEY NOT NULL REFERENCES organizations (id), below INTEGER NOT NULL, amount INTEGER NOT NULL,
      ceiling INTEGER NOT NULL, revision INTEGER NOT NULL, top_up_id TEXT REFERENCES top_ups (id), attempts INTEGER NOT NULL,
      failures INTEGER NOT NULL, next_at INTEGER, state TEXT NOT NULL, code TEXT, failed_at INTEGER) STRICT`,
    `CREATE INDEX auto_top_ups_next_at ON auto_top_ups (next_at)`,

    `CREATE TABLE top_up_refunds (
      id TEXT PRIMARY KEY NOT NULL, top_up_id TEXT NOT NULL REFERENCES top_ups (id), amount INTEGER NOT NULL, reason TEXT NOT NULL,
      created_at INTEGER NOT NULL, state TEXT NOT NULL, next_at INTEGER NOT NULL, reference TEXT, ended_at INTEGER) STRICT`,
    `CREATE INDEX top_up_refunds_by_top_up ON top_up_refunds (top_up_id)`,
    `CREATE INDEX top_up_refunds_pending ON top_up_refunds (next_at) WHERE state = 'pending'`,
  ],
}

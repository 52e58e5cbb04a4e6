import type { Migration } from './migration.ts'

/** How credit comes in: vouchers and top-ups, and how each ended. What is told of it: webhooks and the outbox of their deliveries. */
export const payments: Migration = {
  number: 7,
  name: 'payments',
  statements: [
    `CREATE TABLE vouchers (
      id TEXT PRIMARY KEY NOT NULL, hash TEXT NOT NULL UNIQUE, last_four TEXT NOT NULL, amount INTEGER NOT NULL,
      expires_at INTEGER NOT NULL, created_at INTEGER NOT NULL) STRICT`,
    // However many try at once, and whatever else they do: a voucher ends once.
    `CREATE TABLE voucher_ends (
      voucher_id TEXT PRIMARY KEY NOT NULL REFERENCES vouchers (id), kind TEXT NOT NULL, organization_id TEXT NOT NULL,
      grant_id TEXT NOT NULL, at INTEGER NOT NULL) STRICT`,

    `CREATE TABLE webhooks (
      id TEXT PRIMARY KEY NOT NULL, organization_id TEXT REFERENCES organizations (id), url TEXT NOT NULL,
      secret_sealed TEXT NOT NULL, events TEXT NOT NULL, balance_below INTEGER, enabled INTEGER NOT NULL, trusted INTEGER NOT NULL,
      created_at INTEGER NOT NULL) STRICT`,
    `CREATE TABLE webhook_deliveries (
      event_id TEXT NOT NULL, webhook_id TEXT NOT NULL REFERENCES webhooks (id), type TEXT NOT NULL, body TEXT NOT NULL,
      state TEXT NOT NULL, attempts INTEGER NOT NULL, at INTEGER NOT NULL, next_at INTEGER NOT NULL, last_at INTEGER,
      last_status INTEGER, last_error TEXT, PRIMARY KEY (webhook_id, event_id)) STRICT`,
    `CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, next_at) WHERE state = 'pending'`,
    `CREATE INDEX webhook_deliveries_by_time ON webhook_deliveries (at)`,
    `CREATE TABLE webhook_marks (
      webhook_id TEXT NOT NULL REFERENCES webhooks (id), subject TEXT NOT NULL, at INTEGER NOT NULL,
      PRIMARY KEY (webhook_id, subject)) STRICT`,

    `CREATE TABLE top_ups (
      id TEXT PRIMARY KEY NOT NULL, organization_id TEXT NOT NULL REFERENCES organizations (id), rail TEXT NOT NULL,
      amount INTEGER NOT NULL, created_at INTEGER NOT NULL) STRICT`,
    `CREATE INDEX top_ups_by_organization ON top_ups (organization_id, id)`,
    `CREATE TABLE top_up_ends (
      top_up_id TEXT PRIMARY KEY NOT NULL REFERENCES top_ups (id), grant_id TEXT NOT NULL, reference TEXT NOT NULL,
      at INTEGER NOT NULL) STRICT`,
  ],
}

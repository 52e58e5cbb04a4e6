import type { Migration } from './migration.ts'

/**
 * Caps of single end users and tags; requests for higher limits, one open for each subject; and of each subscription when it
 * stands differently next, and what was told of it last.
 */
export const limitRequests: Migration = {
  number: 10,
  name: 'limit requests',
  statements: [
    `CREATE TABLE named_caps (
      organization_id TEXT NOT NULL REFERENCES organizations (id), kind TEXT NOT NULL, name TEXT NOT NULL,
      cap_amount INTEGER NOT NULL, cap_period TEXT NOT NULL, created_at INTEGER NOT NULL,
      PRIMARY KEY (organization_id, kind, name)) STRICT`,

    `CREATE TABLE limit_requests (
      id TEXT PRIMARY KEY NOT NULL, organization_id TEXT NOT NULL REFERENCES organizations (id), subject TEXT NOT NULL,
      facts TEXT NOT NULL, asked_by TEXT NOT NULL, state TEXT NOT NULL, created_at INTEGER NOT NULL, decided_at INTEGER,
      decision TEXT) STRICT`,
    `CREATE UNIQUE INDEX limit_requests_open ON limit_requests (subject) WHERE state = 'open'`,
    'CREATE INDEX limit_requests_by_organization ON limit_requests (organization_id, id)',
    'CREATE INDEX limit_requests_by_asker ON limit_requests (asked_by, created_at)',

    'ALTER TABLE subscriptions ADD COLUMN turns_at INTEGER',
    'ALTER TABLE subscriptions ADD COLUMN told TEXT',
    'UPDATE subscriptions SET turns_at = 0',
    'CREATE INDEX subscriptions_turns_at ON subscriptions (turns_at) WHERE turns_at IS NOT NULL',
  ],
}

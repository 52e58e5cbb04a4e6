import type { Migration } from './migration.ts'

/** What is sold beside the balance, in versions that never change, and who has subscribed to it. */
export const plans: Migration = {
  number: 6,
  name: 'plans',
  statements: [
    `CREATE TABLE plans (
      name TEXT NOT NULL, version INTEGER NOT NULL, terms TEXT NOT NULL, created_at INTEGER NOT NULL,
      PRIMARY KEY (name, version)) STRICT`,
    `CREATE TABLE subscriptions (
      id TEXT PRIMARY KEY NOT NULL, organization_id TEXT NOT NULL, plan TEXT NOT NULL, version INTEGER NOT NULL, facts TEXT NOT NULL,
      revision INTEGER NOT NULL, look_at INTEGER, created_at INTEGER NOT NULL) STRICT`,
    'CREATE INDEX subscriptions_organization ON subscriptions (organization_id)',
    'CREATE INDEX subscriptions_look_at ON subscriptions (look_at) WHERE look_at IS NOT NULL',
  ],
}

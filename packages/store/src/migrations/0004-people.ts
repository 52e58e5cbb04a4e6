import type { Migration } from './migration.ts'

/** Whether an organization may make calls; teams, members and their roles; spend caps beside those of keys; where keys may be used from, when they were used last, and which one a rotated key came from. */
export const people: Migration = {
  number: 4,
  name: 'people',
  statements: [
    `ALTER TABLE organizations ADD COLUMN suspended_at INTEGER`,
    `ALTER TABLE organizations ADD COLUMN suspended_reason TEXT`,
    `ALTER TABLE organizations ADD COLUMN cap_amount INTEGER`,
    `ALTER TABLE organizations ADD COLUMN cap_period TEXT`,
    `ALTER TABLE organizations ADD COLUMN user_cap_amount INTEGER`,
    `ALTER TABLE organizations ADD COLUMN user_cap_period TEXT`,
    `CREATE TABLE teams (
      id TEXT PRIMARY KEY NOT NULL, organization_id TEXT NOT NULL REFERENCES organizations (id), name TEXT NOT NULL,
      cap_amount INTEGER, cap_period TEXT, created_at INTEGER NOT NULL) STRICT`,
    `CREATE INDEX teams_by_organization ON teams (organization_id, id)`,
    `ALTER TABLE applications ADD COLUMN team_id TEXT REFERENCES teams (id)`,
    `CREATE INDEX applications_by_team ON applications (team_id, id)`,
    `CREATE TABLE roles (
      id TEXT PRIMARY KEY NOT NULL, organization_id TEXT NOT NULL REFERENCES organizations (id), name TEXT NOT NULL,
      permissions TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT`,
    `CREATE INDEX roles_by_organization ON roles (organization_id, id)`,
    `CREATE TABLE members (
      id TEXT PRIMARY KEY NOT NULL, organization_id TEXT NOT NULL REFERENCES organizations (id), name TEXT NOT NULL,
      email TEXT NOT NULL, role TEXT NOT NULL, cap_amount INTEGER, cap_period TEXT, created_at INTEGER NOT NULL,
      removed_at INTEGER) STRICT`,
    `CREATE UNIQUE INDEX members_by_email ON members (organization_id, email) WHERE removed_at IS NULL`,
    `ALTER TABLE management_tokens ADD COLUMN member_id TEXT REFERENCES members (id)`,
    `ALTER TABLE keys ADD COLUMN member_id TEXT REFERENCES members (id)`,
    `ALTER TABLE keys ADD COLUMN addresses TEXT`,
    `ALTER TABLE keys ADD COLUMN cap_key_id TEXT`,
    `ALTER TABLE keys ADD COLUMN last_used_at INTEGER`,
    // Scopes limited nothing before: those that were written down must not begin to by themselves.
    `UPDATE keys SET scopes = '[]'`,
  ],
}

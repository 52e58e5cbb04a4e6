import type { Migration } from './migration.ts'

/**
 * Releases that are tried beside the one in force, and those in staging, with the keys for it; when a release was first in force, and on
 * which one it was made.
 */
export const stages: Migration = {
  number: 25,
  name: 'releases that are tried before all callers have them',
  statements: [
    'ALTER TABLE apis ADD COLUMN canary_release INTEGER',
    'ALTER TABLE apis ADD COLUMN canary TEXT',
    'ALTER TABLE api_releases ADD COLUMN base INTEGER NOT NULL DEFAULT 0',
    'ALTER TABLE api_releases ADD COLUMN in_force_at INTEGER',
    'UPDATE api_releases SET base = number - 1, in_force_at = published_at',
    'CREATE TABLE api_staging (api TEXT PRIMARY KEY NOT NULL, release_number INTEGER NOT NULL) STRICT',
    'ALTER TABLE keys ADD COLUMN stage TEXT',
    'CREATE TABLE api_approvals (api TEXT PRIMARY KEY NOT NULL) STRICT',
    `CREATE TABLE api_requests (
      id TEXT PRIMARY KEY NOT NULL, api TEXT NOT NULL, action TEXT NOT NULL, facts TEXT NOT NULL, asked_by TEXT NOT NULL,
      person TEXT NOT NULL, state TEXT NOT NULL, created_at INTEGER NOT NULL, decided_by TEXT, decided_at INTEGER, reason TEXT) STRICT`,
    'CREATE INDEX api_requests_api ON api_requests (api, id)',
  ],
}

import type { Migration } from './migration.ts'

/** Releases that are tried beside the one in force; when a release was first in force, and on which one it was made. */
export const stages: Migration = {
  number: 25,
  name: 'releases that are tried before all callers have them',
  statements: [
    'ALTER TABLE apis ADD COLUMN canary_release INTEGER',
    'ALTER TABLE apis ADD COLUMN canary TEXT',
    'ALTER TABLE api_releases ADD COLUMN base INTEGER NOT NULL DEFAULT 0',
    'ALTER TABLE api_releases ADD COLUMN in_force_at INTEGER',
    'UPDATE api_releases SET base = number - 1, in_force_at = published_at',
  ],
}

import type { Migration } from './migration.ts'

/** OpenAPI documents by their hash, drafts of APIs, and what was ever in force of each; what is now becomes a first release. */
export const apiReleases: Migration = {
  number: 15,
  name: 'releases of APIs',
  statements: [
    'CREATE TABLE api_documents (hash TEXT PRIMARY KEY NOT NULL, text TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT',
    `CREATE TABLE api_drafts (
      name TEXT PRIMARY KEY NOT NULL, definition TEXT NOT NULL, base INTEGER NOT NULL, revision INTEGER NOT NULL,
      changed_by TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT`,
    `CREATE TABLE api_releases (
      api TEXT NOT NULL, number INTEGER NOT NULL, definition TEXT NOT NULL, note TEXT, overridden TEXT NOT NULL,
      published_by TEXT NOT NULL, published_at INTEGER NOT NULL, PRIMARY KEY (api, number)) STRICT`,
    'ALTER TABLE apis ADD COLUMN release_number INTEGER NOT NULL DEFAULT 1',
    `INSERT INTO api_releases (api, number, definition, note, overridden, published_by, published_at)
      SELECT name, 1, definition, NULL, '[]', 'upgrade', updated_at FROM apis`,
  ],
}

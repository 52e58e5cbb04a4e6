import type { Migration } from './migration.ts'

/** Published HTTP services; which of them a key may call; which of them, and which of its routes, a request called. */
export const apis: Migration = {
  number: 11,
  name: 'apis',
  statements: [
    `CREATE TABLE apis (
      name TEXT PRIMARY KEY NOT NULL, definition TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT`,
    'ALTER TABLE keys ADD COLUMN apis TEXT',
    'ALTER TABLE requests ADD COLUMN api TEXT',
    'ALTER TABLE requests ADD COLUMN route TEXT',
  ],
}

import type { Migration } from './migration.ts'

/** How an API goes is said of its name, and stays when it is taken off: publishing it anew brings nothing back into service. */
export const apiRetirements: Migration = {
  number: 28,
  name: 'retirement of APIs that are taken off',
  statements: [
    'CREATE TABLE api_retirements (api TEXT PRIMARY KEY NOT NULL, retirement TEXT NOT NULL) STRICT',
    'INSERT INTO api_retirements (api, retirement) SELECT name, retirement FROM apis WHERE retirement IS NOT NULL',
    'ALTER TABLE apis DROP COLUMN retirement',
  ],
}

import type { Migration } from './migration.ts'

/** Who may see an API, and when somebody is told of how it is called; which release served a request, and requests of an API by time. */
export const apiCatalogue: Migration = {
  number: 19,
  name: 'the catalogue of APIs',
  statements: [
    'ALTER TABLE apis ADD COLUMN listing TEXT',
    'ALTER TABLE requests ADD COLUMN api_release INTEGER',
    'CREATE TABLE api_alerts (api TEXT PRIMARY KEY NOT NULL, rules TEXT NOT NULL) STRICT',
    'CREATE INDEX requests_by_api ON requests (api, at) WHERE api IS NOT NULL',
  ],
}

import type { Migration } from './migration.ts'

/** Who may see an API; which release served a request, and the requests of an API by time. */
export const apiCatalogue: Migration = {
  number: 19,
  name: 'the catalogue of APIs',
  statements: [
    'ALTER TABLE apis ADD COLUMN listing TEXT',
    'ALTER TABLE requests ADD COLUMN api_release INTEGER',
    'CREATE INDEX requests_by_api ON requests (api, at) WHERE api IS NOT NULL',
  ],
}

import type { Migration } from './migration.ts'

/** Which organization a name of an API belongs to, also before the first release and after the API was taken off; who has a plan. */
export const apiOwners: Migration = {
  number: 22,
  name: 'owners of APIs',
  statements: [
    'CREATE TABLE api_owners (api TEXT PRIMARY KEY NOT NULL, organization_id TEXT NOT NULL) STRICT',
    'CREATE INDEX subscriptions_plan ON subscriptions (plan)',
  ],
}

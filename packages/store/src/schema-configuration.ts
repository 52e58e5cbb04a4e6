import type { Int, IntOrNull, Json } from './schema.ts'

/** What the database adds to the configuration file. */
export interface ConfigurationTables {
  providers: ProvidersTable
  models: ModelsTable
  apis: ApisTable
  api_documents: ApiDocumentsTable
  api_drafts: ApiDraftsTable
  api_releases: ApiReleasesTable
  api_alerts: ApiAlertsTable
  api_owners: ApiOwnersTable
  api_listings: ApiListingsTable
  api_staging: ApiStagingTable
  api_retirements: ApiRetirementsTable
  api_approvals: ApiApprovalsTable
  api_requests: ApiRequestsTable
}

export interface ProvidersTable {
  name: string
  kind: string
  base_url: string
  keyless: Int
  /** The provider's keys, sealed; JSON of `[{id, sealed, weight, priority}]`. */
  keys_sealed: Json
  created_at: Int
  updated_at: Int
}

export interface ModelsTable {
  name: string
  definition: Json
  created_at: Int
  updated_at: Int
}

/** Published HTTP services; the definition holds their secrets sealed. */
export interface ApisTable {
  name: string
  definition: Json
  /** Of `api_releases`, the one in force. */
  release_number: Int
  /** The release that is tried beside it, and JSON of for which calls; null: none is. */
  canary_release: Int | null
  canary: Json | null
  created_at: Int
  updated_at: Int
}

/** OpenAPI documents by the hash of their text: none changes, and the same is kept once. */
export interface ApiDocumentsTable {
  hash: string
  text: string
  created_at: Int
}

export interface ApiDraftsTable {
  name: string
  definition: Json
  base: Int
  revision: Int
  changed_by: string
  created_at: Int
  updated_at: Int
}

export interface ApiReleasesTable {
  api: string
  number: Int
  definition: Json
  note: string | null
  overridden: Json
  published_by: string
  published_at: Int
  /** The release in force when it was made; 0: none was. */
  base: Int
  /** When it was first in force for all callers; null: it never was. */
  in_force_at: Int | null
}

/** How an API goes, also where it is taken off; none: it stays. */
export interface ApiRetirementsTable {
  api: string
  retirement: Json
}

/** Who may see an API and who answers for it, also where it is taken off; none: as is usual. */
export interface ApiListingsTable {
  api: string
  listing: Json
}

/** What is in staging, whatever is in production. */
export interface ApiStagingTable {
  api: string
  release_number: Int
}

/** APIs that are changed by two people. */
export interface ApiApprovalsTable {
  api: string
}

export interface ApiRequestsTable {
  id: string
  api: string
  action: string
  /** JSON of what was asked for, on which release, and in what that differs from it. */
  facts: Json
  asked_by: string
  person: string
  state: string
  created_at: Int
  decided_by: string | null
  decided_at: IntOrNull
  reason: string | null
}

export interface ApiAlertsTable {
  api: string
  /** JSON array of what is watched. */
  rules: Json
}

/** A name that has no row is the operator's. */
export interface ApiOwnersTable {
  api: string
  organization_id: string
}

import type { Int, Json } from './schema.ts'

/** What the database adds to the configuration file. */
export interface ConfigurationTables {
  providers: ProvidersTable
  models: ModelsTable
  apis: ApisTable
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
  created_at: Int
  updated_at: Int
}

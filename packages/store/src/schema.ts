import type { ColumnType } from 'kysely'
import type { ConfigurationTables } from './schema-configuration.ts'
import type { BillingColumns, InvoiceTables } from './schema-invoices.ts'
import type { LimitTables } from './schema-limits.ts'
import type { PaymentTables } from './schema-payments.ts'
import type { PeopleTables } from './schema-people.ts'
import type { PlanTables } from './schema-plans.ts'
import type { PriceTables } from './schema-prices.ts'
import type { TermsColumns } from './schema-terms.ts'

/**
 * The tables, once for both engines. Every whole number is a 64-bit column and reads as `bigint`, times (milliseconds
 * since the epoch), counts and flags (0 or 1) included; writing takes a `number` or a `bigint`. Sums need
 * `cast(sum(…) as bigint)`. JSON is text. Money is nano-units.
 */
export type Int = ColumnType<bigint, bigint | number, bigint | number>
export type IntOrNull = ColumnType<bigint | null, bigint | number | null, bigint | number | null>
/** JSON as text: parse it on reading, stringify it on writing. */
export type Json = string

export interface Schema extends ConfigurationTables, InvoiceTables, LimitTables, PaymentTables, PeopleTables, PlanTables, PriceTables {
  meta: MetaTable
  counters: CountersTable
  organizations: OrganizationsTable
  applications: ApplicationsTable
  keys: KeysTable
  used_nonces: UsedNoncesTable
  accounts: AccountsTable
  lots: LotsTable
  entries: EntriesTable
  instances: InstancesTable
  requests: RequestsTable
  denials: DenialsTable
  audit: AuditTable
}

/** Facts about the database itself: `schema_version`, `installation`, `secret_fingerprint`, `currency`, `setting:…`, … */
export interface MetaTable {
  key: string
  value: string
}

/** Numbers that only grow and that a transaction locks: `entry`, `audit`, `configuration`, `instance`. */
export interface CountersTable {
  name: string
  value: Int
}

export interface OrganizationsTable extends TermsColumns, BillingColumns {
  id: string
  name: string
  currency: string
  zone: string
  overdraft: Int
  suspended_at: IntOrNull
  suspended_reason: string | null
  cap_amount: IntOrNull
  cap_period: string | null
  user_cap_amount: IntOrNull
  user_cap_period: string | null
  tag_cap_amount: IntOrNull
  tag_cap_period: string | null
  created_at: Int
  limits: Json | null
}

export interface ApplicationsTable {
  id: string
  organization_id: string
  team_id: string | null
  owner_id: string | null
  name: string
  created_at: Int
  limits: Json | null
}

export interface KeysTable {
  id: string
  application_id: string
  member_id: string | null
  /** JSON array of networks; null: anywhere. */
  addresses: Json | null
  /** The key whose spend cap it counts against; null: its own. */
  cap_key_id: string | null
  last_used_at: IntOrNull
  name: string
  /** `staging`; null: production. */
  stage: string | null
  /** HMAC of the key, by the server's secret; unique. */
  hash: string
  last_four: string
  scopes: Json
  /** JSON arrays; null: all. */
  models: Json | null
  apis: Json | null
  cap_amount: IntOrNull
  cap_period: string | null
  expires_at: IntOrNull
  enabled: Int
  revoked_at: IntOrNull
  created_at: Int
  limits: Json | null
  /** Whose tokens or certificates, in words of who vouches for them, are served as this key; null: nobody's. */
  issuer: string | null
  subject: string | null
}

/** A nonce of a signed request, for as long as the signature would be taken. */
export interface UsedNoncesTable {
  key_id: string
  nonce: string
  until: Int
}

export interface AccountsTable {
  id: string
  unit: string
  kind: string
  granted: Int
  expired: Int
  posted: Int
  held: Int
  overdraft: Int
  credit_limit: Int
  debt: Int
  held_on_credit: Int
  resets_at: IntOrNull
  /** How many entries name it. */
  entries: Int
}

export interface LotsTable {
  id: string
  account: string
  seq: Int
  priority: Int
  expires_at: IntOrNull
  granted: Int
  posted: Int
  held: Int
  expired: Int
  reversed: Int
  /** 1 while something is unspent or held. */
  open: Int
}

/** Append-only: no row is ever updated or deleted. */
export interface EntriesTable {
  seq: Int
  id: string
  kind: string
  request: string | null
  at: Int
  instance: IntOrNull
  /** Read by `decodeLegs` of the ledger. */
  legs: Json
  terms: Json
  memo: Json
}

export interface InstancesTable {
  epoch: Int
  started_at: Int
  heartbeat_at: Int
  low_water_seq: Int
  /** When another process took over its open holds, or it ended in order. */
  resolved_at: IntOrNull
}

/** One row per request; token counts are the sums over its attempts, null where none was reported. */
export interface RequestsTable {
  id: string
  at: Int
  organization_id: string | null
  application_id: string | null
  key_id: string | null
  end_user: string | null
  tags: string | null
  path: string
  model: string | null
  api: string | null
  route: string | null
  /** The release of the API that served it. */
  api_release: IntOrNull
  stream: Int
  outcome: string
  denial: string | null
  denial_id: string | null
  status: Int
  cost: Int
  provider_cost: IntOrNull
  price_version: string | null
  estimated: Int
  flags: Json
  delivery: string
  clamped: IntOrNull
  latency_ms: Int
  ttft_ms: IntOrNull
  input: IntOrNull
  cache_read: IntOrNull
  cache_write: IntOrNull
  cache_write_1h: IntOrNull
  output: IntOrNull
  reasoning: IntOrNull
  audio_in: IntOrNull
  audio_out: IntOrNull
  image_in: IntOrNull
  image_out: IntOrNull
  request_units: IntOrNull
  images: IntOrNull
  seconds: IntOrNull
  characters: IntOrNull
  searches: IntOrNull
  attempts: Json
  /** JSON; null: nothing, or nobody looked. */
  violations: string | null
  measured: string | null
}

export interface DenialsTable {
  id: string
  at: Int
  request_id: string
  organization_id: string | null
  key_id: string | null
  code: string
  problem: Json
  trace: Json
  operator_detail: string | null
  configuration_version: Int
}

/** Append-only, chained by hash; written through `appendAudit` or as an attached row of a ledger operation. */
export interface AuditTable {
  seq: Int
  id: string
  at: Int
  actor: string
  action: string
  subject: string
  organization_id: string | null
  before: Json | null
  after: Json | null
  prev_hash: string
  hash: string
}

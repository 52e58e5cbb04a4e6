import type { Int, IntOrNull, Json } from './schema.ts'

export interface LimitTables {
  named_caps: NamedCapsTable
  limit_requests: LimitRequestsTable
}

/** The spend cap of one end user or one tag, as callers name them. */
export interface NamedCapsTable {
  organization_id: string
  /** `user` or `tag`. */
  kind: string
  name: string
  cap_amount: Int
  cap_period: string
  created_at: Int
}

/** Somebody asks for a higher limit; it is decided once. */
export interface LimitRequestsTable {
  id: string
  organization_id: string
  /** Of the team, or of what belongs to it; null: of no team. */
  team_id: string | null
  /** Names what is asked for more of: at most one is open for each. */
  subject: string
  /** What was asked for, why, and what held then. */
  facts: Json
  /** The key or the management token. */
  asked_by: string
  state: string
  created_at: Int
  decided_at: IntOrNull
  decision: Json | null
}

import type { Int, IntOrNull, Json } from './schema.ts'

export interface PeopleTables {
  teams: TeamsTable
  roles: RolesTable
  members: MembersTable
  management_tokens: ManagementTokensTable
  idempotency: IdempotencyTable
}

/** A part of an organization: applications that spend under one cap. */
export interface TeamsTable {
  id: string
  organization_id: string
  name: string
  cap_amount: IntOrNull
  cap_period: string | null
  created_at: Int
}

/** Permissions under a name, which an organization gives to its members. */
export interface RolesTable {
  id: string
  organization_id: string
  name: string
  permissions: Json
  created_at: Int
}

export interface MembersTable {
  id: string
  organization_id: string
  name: string
  /** Lower case; once in an organization among those who have not left. */
  email: string
  /** The name of a built-in role, or the id of one of the organization. */
  role: string
  /** In which alone the role holds; null: in the whole organization. */
  team_id: string | null
  cap_amount: IntOrNull
  cap_period: string | null
  created_at: Int
  removed_at: IntOrNull
}

export interface ManagementTokensTable {
  id: string
  name: string
  hash: string
  last_four: string
  scopes: Json
  /** Null: every organization. */
  organization_id: string | null
  member_id: string | null
  expires_at: IntOrNull
  revoked_at: IntOrNull
  created_at: Int
}

/** What a management call was answered, for the same call again. */
export interface IdempotencyTable {
  scope: string
  key: string
  request_hash: string
  status: Int
  response: Json
  created_at: Int
}

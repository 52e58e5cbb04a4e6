import type { Int, IntOrNull } from './schema.ts'

/** A part of an organization: applications that spend under one cap. */
export interface TeamsTable {
  id: string
  organization_id: string
  name: string
  cap_amount: IntOrNull
  cap_period: string | null
  created_at: Int
}

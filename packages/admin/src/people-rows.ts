import type { Millis, Nano } from '@faregate/core'
import type { Period } from '@faregate/ledger/types'

/** How much may be spent in a period. */
export interface Cap {
  amount: Nano
  period: Period
}

/** The cap of one end user, or of one tag, as callers name them. */
export interface NamedCapRow {
  organization: string
  kind: 'user' | 'tag'
  name: string
  cap: Cap
  createdAt: Millis
}

export interface TeamRow {
  id: string
  organization: string
  name: string
  cap: Cap | null
  createdAt: Millis
}

export interface MemberRow {
  id: string
  organization: string
  name: string
  email: string
  /** The name of a built-in role, or the id of one of the organization. */
  role: string
  /** In which alone the role holds; null: in the whole organization. */
  team: string | null
  cap: Cap | null
  createdAt: Millis
}

/** A role that an organization made for itself. */
export interface RoleRow {
  id: string
  organization: string
  name: string
  permissions: string[]
  createdAt: Millis
}

export interface MemberFilter {
  organization?: string | undefined
  team?: string | undefined
  email?: string | undefined
  role?: string | undefined
}

import type { LimitRule, Millis, Nano } from '@faregate/core'

/** What is known of an API key, as of a configuration version; what the gateway decides by. */
export interface KeyEntry {
  id: string
  name: string
  /** The last four characters, to be recognised by. */
  lastFour: string
  state: 'active' | 'disabled' | 'revoked'
  expiresAt: Millis | null
  scopes: string[]
  /** Models it may call, exact names or with `*`; null: all. */
  models: string[] | null
  cap: { amount: Nano; period: 'day' | 'week' | 'month' | 'total' } | null
  /** Limits in force for it: its own, its application's, its organization's. Absent: none. */
  limits?: LimitRule[]
  application: { id: string; name: string }
  organization: { id: string; name: string; zone: string }
}

/** Finds keys. Rejects with an error when the database does not answer: that is never a 401. */
export interface KeyDirectory {
  /** By what the caller presented, in clear; `undefined` if no such key exists. */
  find(presented: string): Promise<KeyEntry | undefined> | KeyEntry | undefined
}

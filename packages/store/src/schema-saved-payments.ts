import type { Int, IntOrNull } from './schema.ts'

/** Whoever pays for an organization, as a rail names it. */
export interface PaymentCustomersTable {
  organization_id: string
  rail: string
  reference: string
}

/** A payment method that is kept at a rail. */
export interface PaymentMethodsTable {
  id: string
  organization_id: string
  rail: string
  /** What the rail calls it. */
  reference: string
  kind: string
  label: string | null
  last_four: string | null
  expires: string | null
  /** What the rail calls its saving. */
  saving: string
  verified: Int
  /** It is the one that is charged. */
  preferred: Int
  created_at: Int
}

/** When an organization is topped up by itself, and how that stands. */
export interface AutoTopUpsTable {
  organization_id: string
  below: Int
  amount: Int
  /** For each month. */
  ceiling: Int
  /** 0: nothing is ordered any more; what was is seen to its end. */
  enabled: Int
  /** Grows with every change. */
  revision: Int
  /** The order that has not ended yet: no other one is ever charged. */
  top_up_id: string | null
  /** Made of that order. */
  attempts: Int
  /** In a row. */
  failures: Int
  /** When it is looked at again; null: not before something changes. */
  next_at: IntOrNull
  /** `ready`, `pending`, `declined` or `action_required`. */
  state: string
  /** Why it failed, in the rail's words. */
  code: string | null
  failed_at: IntOrNull
}

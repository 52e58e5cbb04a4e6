import type { Int, IntOrNull } from './schema.ts'

/** Credit that is ordered, for somebody to pay; written before the rail is asked. */
export interface TopUpsTable {
  id: string
  organization_id: string
  rail: string
  amount: Int
  created_at: Int
  /** The gateway orders it by itself, and pays it with a saved method. */
  automatic: Int
  /** Of one that is automatic: what the rail calls the payment that was begun. */
  payment: string | null
  /** The plan that is subscribed to once it is paid. */
  plan: string | null
  plan_version: IntOrNull
  /** Since when it is known that it will never be paid. */
  void_at: IntOrNull
}

/** That it was paid, once: written with the grant that it became. */
export interface TopUpEndsTable {
  top_up_id: string
  grant_id: string
  /** What the rail calls the payment. */
  reference: string
  at: Int
}

/** Money that goes back through the rail; written with the entry that takes the credit back. */
export interface TopUpRefundsTable {
  id: string
  top_up_id: string
  amount: Int
  /** What was asked for; 0: all that was left. */
  asked: Int
  reason: string
  created_at: Int
  /** `pending`, `refunded`, or `refused` with the credit given again. */
  state: string
  /** While it is pending: when the rail is asked again. */
  next_at: Int
  /** What the rail calls it, or why it refuses. */
  reference: string | null
  ended_at: IntOrNull
}

import type { Millis, Nano } from '@faregate/core'

/** Credit that is ordered, for somebody to pay. */
export interface TopUpRow {
  id: string
  organization: string
  rail: string
  amount: Nano
  createdAt: Millis
  /** The gateway ordered it by itself, and pays it with a saved method. */
  automatic: boolean
  /** Of one that is automatic: what the rail calls the payment that was begun. */
  payment: string | null
  /** The plan that is subscribed to once it is paid. */
  plan: { name: string; version: number } | null
  /** What we asked to be given back through the rail and was not refused: it went back, or is on its way. */
  refunded: Nano
  /** Since when it is known that it will never be paid. */
  voidAt: Millis | null
  /** Null until the rail says so. */
  paid: { grant: string; reference: string; at: Millis } | null
}

/** A top-up as it is ordered. */
export type NewTopUp = Omit<TopUpRow, 'paid' | 'refunded' | 'voidAt'>

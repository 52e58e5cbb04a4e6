import type { SavedMethod } from '@faregate/billing/rails/saved'
import type { Millis, Nano, TopUpFailure } from '@faregate/core'

/** Whoever pays for an organization, as a rail names it. */
export interface PaymentCustomer {
  rail: string
  reference: string
}

/** A payment method that is kept at a rail. */
export interface PaymentMethodRow extends SavedMethod {
  id: string
  organization: string
  rail: string
  /** It is the one that is charged. */
  preferred: boolean
  createdAt: Millis
}

/** When an organization is topped up by itself, with how much, and how much in a month at most. */
export interface AutoTopUpTerms {
  below: Nano
  amount: Nano
  ceiling: Nano
}

/** The same, and how it stands. */
export interface AutoTopUpRow extends AutoTopUpTerms {
  organization: string
  /** False: nothing is ordered any more; an order that has not ended is seen to its end. */
  enabled: boolean
  /** Grows with every change; a change names the one that it has read. */
  revision: number
  /** The top-up that has not ended yet: the only one that is ever charged. */
  order: string | null
  /** Made of that; the next one has this number. */
  attempts: number
  /** In a row. */
  failures: number
  /** When it is looked at again; null: not before something changes. */
  nextAt: Millis | null
  state: 'ready' | 'pending' | TopUpFailure
  /** Why it failed, in the rail's words. */
  code: string | null
  failedAt: Millis | null
}

/** Money of a top-up that goes back through the rail. */
export interface TopUpRefundRow {
  id: string
  topUp: string
  amount: Nano
  /** Null: all that was left of the credit. */
  asked: Nano | null
  reason: string
  createdAt: Millis
  state: 'pending' | 'refunded' | 'refused'
  /** While it is pending: when the rail is asked again. */
  nextAt: Millis
  /** What the rail calls it, or why it refuses. */
  reference: string | null
  endedAt: Millis | null
}

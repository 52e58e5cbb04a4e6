import type { Millis, Nano } from '@faregate/core'

/** Something that somebody is going to pay for. */
export interface Order {
  /** Our own; the same order twice opens one page. */
  id: string
  organization: string
  amount: Nano
  currency: string
  /** What is paid for, in words for the payer. */
  title: string
  /** Where the payer's browser goes afterwards, whether it was paid or not. */
  returnTo: string
}

/** A page on which an order can be paid. */
export interface Checkout {
  status: 'open'
  url: string
}

/** Why there is none: `unpayable` is about the order, `unavailable` is not. The reason is in words for whoever pays. */
export type NoCheckout = { status: 'unpayable'; reason: string } | { status: 'unavailable'; reason: string; operatorDetail: string }

/** A movement of money that an order caused. */
export interface Payment {
  order: string
  organization: string
  amount: Nano
  currency: string
  /** What the rail calls it: the same however often it is told. */
  reference: string
}

/** Money that goes back to the payer by a refund or a dispute, and that comes back from a dispute which was won. */
export type Returning = Payment & { status: 'returned' | 'reinstated' }

/** What a rail reports of itself; whoever credits it compares it with the order, member by member. */
export type Report =
  /** It is not from the rail, or too old to be believed. */
  | { status: 'forged'; reason: string }
  /** Genuine, and about nothing that is credited. */
  | { status: 'other' }
  | (Payment & { status: 'paid' })
  | Returning

/** A way in which money comes in. Implementations keep no state: what was ordered and credited is the gateway's to know. */
export interface PaymentRail {
  readonly name: string
  checkout(order: Order): Promise<Checkout | NoCheckout>
  /** Reads a report as it arrived, byte for byte, with its signature. Rejects where the rail has to be asked and does not answer. */
  read(body: Buffer, signature: string | undefined, now: Millis): Promise<Report>
}

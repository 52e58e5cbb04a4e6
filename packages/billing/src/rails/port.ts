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

/** What a rail reports of itself; whoever credits it compares it with the order, member by member. */
export type Report =
  /** It is not from the rail, or too old to be believed. */
  | { status: 'forged'; reason: string }
  /** Genuine, and about nothing that is credited. */
  | { status: 'other' }
  | { status: 'paid'; order: string; organization: string; amount: Nano; currency: string; reference: string }

/** A way in which money comes in. Implementations keep no state: what was ordered and credited is the gateway's to know. */
export interface PaymentRail {
  readonly name: string
  checkout(order: Order): Promise<Checkout | NoCheckout>
  /** Reads a report as it arrived, byte for byte, with its signature. */
  read(body: Buffer, signature: string | undefined, now: Millis): Promise<Report>
}

import type { Nano, TopUpFailure } from '@faregate/core'

/** A payment method that is kept at the rail, as far as people recognise it by. */
export interface SavedMethod {
  /** What the rail calls it. */
  reference: string
  /** In the rail's words: `card`, `us_bank_account`. */
  kind: string
  /** The brand of a card, the name of a bank. */
  label: string | null
  lastFour: string | null
  /** The last month in which it can be charged, `2030-12`; null: it does not end. */
  expires: string | null
  /** Whether it can be charged already. */
  verified: boolean
  /** What the rail calls its saving: by that it is verified. */
  saving: string
}

/** Whoever pays for an organization. */
export interface Payer {
  id: string
  name: string
  /** What the rail called somebody whom it does not know any more. */
  replaces?: string
}

/** A payment method that somebody is going to save. */
export interface MethodSetup {
  /** Our own. */
  id: string
  organization: string
  customer: string
  currency: string
  /** Where the browser goes afterwards, whether one was saved or not. */
  returnTo: string
}

/** An order that is to be paid with a saved method. */
export interface MethodOrder {
  /** Our own. */
  id: string
  organization: string
  amount: Nano
  currency: string
  title: string
  customer: string
}

/** One attempt to pay it. */
export interface MethodCharge {
  /** What the rail calls the payment of the order. */
  payment: string
  method: string
  /** The same attempt again has the outcome that it had. */
  attempt: number
}

/** The payment of an order: begun, or refused for good before that. */
export type Begun = { status: 'begun'; payment: string } | { status: 'declined'; code: string }

/** Why a charge was not let through. `action_required`: whoever pays has to confirm it. */
export interface Refusal {
  status: TopUpFailure
  code: string
}

/** `pending`: under way; the rail will report how it ended. `void`: it was ended before it was paid, and never will be. */
export type Withdrawn = 'paid' | 'pending' | 'void'

export type ChargeOutcome = { status: Withdrawn } | Refusal

/** How a payment stands. `open`: it can be tried, or withdrawn; with why the last try was refused. */
export type Standing = { status: Withdrawn } | { status: 'open'; refusal: Refusal | null }

/** Money to be given back. */
export interface RefundOrder {
  /** Our own; the same refund twice gives back once. */
  id: string
  order: string
  amount: Nano
  currency: string
  /** What the rail calls the payment of the order. */
  reference: string
}

/** `pending`: the rail will report how it ended. `refused`: for good, with the reason in words for the operator. */
export type RefundOutcome = { status: 'refunded'; reference: string } | { status: 'pending' } | { status: 'refused'; reason: string }

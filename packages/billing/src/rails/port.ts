import type { Millis, Nano } from '@faregate/core'
import type {
  Begun,
  ChargeOutcome,
  MethodCharge,
  MethodOrder,
  MethodSetup,
  Payer,
  RefundOrder,
  RefundOutcome,
  SavedMethod,
  Standing,
  Withdrawn,
} from './saved.ts'

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
export type Returning = Payment & {
  status: 'returned' | 'reinstated'
  /** Our own name of the refund, where it was we who asked for it. */
  refund?: string
}

/** How a refund that we asked for ended after all, without money going back. */
export interface NotRefunded {
  status: 'not_refunded'
  refund: string
  order: string
}

/** A try of an automatic payment has failed: whether it still stands so is asked of the rail. */
export interface Failing {
  status: 'failed'
  order: string
  organization: string
}

/** A payment method was saved, or has become another state. */
export type MethodTold = SavedMethod & { status: 'method'; setup: string; organization: string; customer: string }

/** What a rail reports of itself; whoever credits it compares it with the order, member by member. */
export type Report =
  /** It is not from the rail, or too old to be believed. */
  | { status: 'forged'; reason: string }
  /** Genuine, and about nothing that is credited. */
  | { status: 'other' }
  | (Payment & { status: 'paid' })
  | Returning
  | NotRefunded
  | Failing
  | MethodTold
  /** A payment method can no longer be charged. */
  | { status: 'method_removed'; reference: string }

/**
 * A way in which money comes in. Implementations keep no state: what was ordered and credited is the gateway's to know. Each call
 * rejects where the rail does not answer, or not so that the outcome is known; the same call again then has the same effect, once.
 */
export interface PaymentRail {
  readonly name: string
  /** The origin of its pages where they are not on HTTPS, as in a test: forms may lead there. */
  readonly plainOrigin?: string | undefined
  checkout(order: Order): Promise<Checkout | NoCheckout>
  /** Whoever pays for an organization, as the rail names it: for the same organization the same, but for one that is to be replaced. */
  customer(organization: Payer): Promise<string>
  /** A page on which a payment method can be saved; the same setup twice opens one page. */
  setup(setup: MethodSetup): Promise<Checkout | NoCheckout | { status: 'unknown_customer' }>
  /** The page on which a saved method is verified; undefined: there is nothing to verify. */
  verification(setup: string): Promise<string | undefined>
  /** A method is not charged any more; nothing happens where it was removed before. */
  remove(method: string): Promise<void>
  /** Why an amount cannot be paid at all, in words for the payer. */
  unpayable(amount: Nano, currency: string): string | undefined
  /** Begins the payment of an order with a saved method, which charges nothing yet; answers what the rail calls it. */
  begin(order: MethodOrder): Promise<Begun>
  /** How it stands; this charges nothing. */
  standing(payment: string): Promise<Standing>
  /** Charges it, nobody being there: a payment succeeds once, however often and by whomever it is tried. */
  charge(charge: MethodCharge): Promise<ChargeOutcome>
  /** Ends a payment that was begun, unless it was paid or may still be. */
  withdraw(payment: string): Promise<Withdrawn>
  /** Gives money back to whoever paid. */
  refund(refund: RefundOrder): Promise<RefundOutcome>
  /** Whether a refund, by the rail's own reference, stands: the payer has the money, and it was not taken back since. */
  refunded(reference: string): Promise<boolean>
  /** Reads a report as it arrived, byte for byte, with its signature. Rejects where the rail has to be asked and does not answer. */
  read(body: Buffer, signature: string | undefined, now: Millis): Promise<Report>
}

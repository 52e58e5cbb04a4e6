import type { Millis, Nano } from '@faregate/core'

/** One account as a refusal found it. `required` is this hold's claim on it, at the fewest steps it would take. */
export interface Room {
  account: string
  unit: string
  required: Nano
  /** What a hold could take now: the balance, with the credit limit of a wallet in arrears. */
  available: Nano
  /** What requests in flight may give back: not what they hold of credit that has expired (M7). */
  held: Nano
  /** Milliseconds; null when the account never resets. */
  resetsAt: Millis | null
}

/** One account that lacked room. */
export interface Shortfall extends Room {
  leg: number
}

/** On what a refusal was decided, made only for one: every leg in its order, and the last entry of the ledger that was seen. */
export interface Decided {
  seq: bigint
  legs: Room[]
  at: Millis
}

/** What stands in the ledger, now or since before. */
export interface Done {
  seq: bigint
  at: Millis
  /** Of a hold. */
  held?: HeldLeg[]
  steps?: number
  outlook?: number
  /** Of a settle. */
  settlement?: Settlement
  /** What was charged, granted, taken back or given back. */
  amount?: Nano
}

/** Every outcome is a named status; none is an exception. */
export type Outcome =
  | ({ status: 'ok' } & Done)
  | ({ status: 'exists' } & Done)
  | { status: `exists_with_different_${string}` }
  /**
   * Lacking room, every leg that does, in precedence order. `reserved`: waiting for own holds would help (M26).
   * `leg` names the refusal, `also` the other legs that lack room. `steps`: how many every leg would afford now.
   */
  | ({ status: 'insufficient'; reserved: boolean; leg: number; also: number[]; shortfalls: Shortfall[]; steps: number } & Decided)
  | ({ status: 'in_debt'; account: string; available: Nano } & Decided)
  /** The request's holds were resolved before, and `amount` charged: a late slice, or a late settle by another instance. */
  | { status: 'already_posted' | 'already_voided'; seq: bigint; instance: number; amount: Nano }
  | { status: 'hold_unknown' | 'account_unknown' | 'grant_unknown' | 'request_unknown' }
  | { status: 'exceeds_remaining'; remaining: Nano }
  | { status: 'operation_invalid'; member: string }

export interface HeldLeg {
  account: string
  unit: string
  amount: Nano
}

/** A result of a settle: what was posted, and what the balance did not cover. */
export interface Settlement {
  /** Covered by the holds. */
  posted: Nano
  /** Beyond the holds, charged to the wallet: from what was available, then as debt (M6). */
  excess: Nano
  /** Beyond even that: the operator's. */
  absorbed: Nano
}

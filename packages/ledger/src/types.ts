import type { Millis, Nano } from '@faregate/core'

/**
 * Words of the ledger. Everything countable is a balance: an account counts one unit
 * (`USD` for wallets, `cap:USD` for spend caps), in whole nano-units for money.
 * `available = granted − expired − posted − held`, always (money.md M2).
 */
export interface Account {
  id: string
  unit: string
  kind: 'wallet' | 'cap'
  granted: Nano
  expired: Nano
  posted: Nano
  held: Nano
  /** How far below zero an excess may take a wallet (M6). */
  overdraft: Nano
  /** How far below zero a hold may take a wallet in arrears (M4). */
  creditLimit: Nano
}

/** Periods of the calendar (M8). */
export type Period = 'day' | 'week' | 'month' | 'total'

/** Months from an anchor, as ISO 8601 writes what repeats: `R/2027-01-31T00:00:00.000Z/P1M`. The quotas of a subscription follow it. */
export type Repeating = `R/${string}/P${number}M`

/**
 * Which account a leg touches. A cap is named by its base and its period; the account of the running
 * period, `<base>@<start>`, is made by its first hold, from the batch's own time.
 */
export type AccountRef =
  | { kind: 'wallet'; id: string; unit: string }
  | {
      kind: 'cap'
      base: string
      unit: string
      period: Period | Repeating
      zone: string
      limit: Nano
      /** Of a quota, which counts something else than money: its unit begins with `quota:`. */
      measure?: Measure
    }

/** Amounts are linear in the number of output steps: ceil((fixed + perStep × steps) / 1,000,000). */
export interface Measure {
  /** Nano-units × 1e6. */
  fixed: bigint
  /** Nano-units × 1e6 per step. */
  perStep: bigint
}

/** What was used, by the unit of the quotas that count it: `quota:requests`, `quota:tokens`. */
export type Counts = Readonly<Record<string, bigint>>

/**
 * JSON text that is kept with an entry and never interpreted: key, application, organization, model, price version. As
 * text, because it is written by one side, carried by many, and read only when a record has to be rebuilt.
 */
export type Memo = string

/** One request's claim on every account it touches: all or nothing (M3). */
export interface HoldOp {
  type: 'hold'
  /** `<request>.<slice>` */
  id: string
  request: string
  slice: number
  /** The instance (epoch) that owns it (M23). */
  instance: number
  /** In precedence order: the first leg that lacks room names the denial. */
  legs: AccountRef[]
  measure: Measure
  /**
   * Steps (output tokens) to hold. `min < max` lets the ledger choose the most that every balance
   * affords, in the same decision (M12); otherwise both are equal.
   */
  steps: { min: number; max: number }
  /**
   * How far the balances would reach beyond this hold, in steps counted from zero (a stream holds its first
   * slice and announces a limit): refused as `insufficient` when fewer than `min` are affordable, and the
   * outcome tells how many are, at most `max`. Decided with the hold, it holds nothing itself.
   */
  outlook?: { min: number; max: number }
  memo: Memo
  /**
   * For slices after the first: what the socket had accepted when the slice was asked for,
   * in nano-units. Recovery charges up to the last durable mark (M23).
   */
  mark?: Nano
  /** The same, in the units of quotas. */
  counts?: Counts
}

/** Resolves all holds of a request, once: posts `cost` over them in order of slice and voids the rest. */
export interface SettleOp {
  type: 'settle'
  request: string
  /**
   * How many holds the request took, not fewer. One more is looked for, whose outcome its caller may never have
   * learnt; holds beyond that one stay open.
   */
  slices: number
  /** What is owed, on the wallet and every cap that the holds touch. Zero, and nothing counted: void. */
  cost: Nano
  /** What the quotas that the holds touch post; a unit that is absent counts nothing. */
  counts?: Counts
  instance: number
  memo: Memo
}

export interface GrantOp {
  type: 'grant'
  id: string
  account: string
  amount: Nano
  /** Lower is spent first. */
  priority: number
  expiresAt: Millis | null
  reason: string
}

/** Takes a fee from a wallet at once, or not at all: what a subscription costs for a period. */
export interface ChargeOp {
  type: 'charge'
  id: string
  account: string
  amount: Nano
  reason: string
}

/** Takes back what is unspent and unheld of a grant (M7). Without an amount: all of that. */
export interface ReverseOp {
  type: 'reverse'
  id: string
  grant: string
  amount: Nano | null
  reason: string
}

/** Gives back what a request was charged, at most (M9). Without an amount: all that is left of it. */
export interface RefundOp {
  type: 'refund'
  id: string
  request: string
  amount: Nano | null
  reason: string
}

/** Opens a wallet, or changes its overdraft and credit limit. */
export interface WalletOp {
  type: 'wallet'
  account: string
  unit: string
  overdraft: Nano
  creditLimit: Nano
}

/** Sets the limit of a cap in its running period, by an adjustment entry; makes the account if need be (M8). */
export interface AdjustOp {
  type: 'adjust'
  id: string
  cap: Extract<AccountRef, { kind: 'cap' }>
}

export type Operation = HoldOp | SettleOp | GrantOp | ChargeOp | ReverseOp | RefundOp | WalletOp | AdjustOp

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

/** A result of {@link SettleOp}: what was posted, and what the balance did not cover. */
export interface Settlement {
  /** Covered by the holds. */
  posted: Nano
  /** Beyond the holds, charged to the wallet: from what was available, then as debt (M6). */
  excess: Nano
  /** Beyond even that: the operator's. */
  absorbed: Nano
}

export interface Violation {
  invariant: string
  subject: string
  detail: string
}

export interface VerifyReport {
  ok: boolean
  /** How many of each kind of row were recomputed. */
  checked: Record<string, number>
  violations: Violation[]
}

import type { Millis, Nano } from '@faregate/core'
import type { AccountRef, Counts, Measure, Memo } from './accounts.ts'

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

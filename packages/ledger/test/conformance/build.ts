import type { Millis, Nano } from '@faregate/core'
import type { AccountRef, AccountState, Operation, Outcome } from '@faregate/ledger'
import type { AdjustOp, ChargeOp, GrantOp, HoldOp, RefundOp, ReverseOp, SettleOp, WalletOp } from '@faregate/ledger'

/** One step of a case. */
export type Event =
  | { do: Operation; expect: Expectation }
  | { balance: string; is: Partial<AccountState> & { available?: Nano } }
  | { advance: Millis }

/** A status, or the members of the outcome that matter. */
export type Expectation = Outcome['status'] | Record<string, unknown>

/** What the ledger guarantees, as a table of events on fresh accounts. */
export interface Case {
  /** Begins with the number of the rule. */
  name: string
  events(start: Millis): Event[]
}

export const WALLET = 'w'
export const CAP = 'c@total'

export function expectThat(operation: Operation, expect: Expectation = 'ok'): Event {
  return { do: operation, expect }
}

export function balance(account: string, is: Partial<AccountState> & { available?: Nano }): Event {
  return { balance: account, is }
}

export function wallet(overdraft = 0n, creditLimit = 0n, account = WALLET): WalletOp {
  return { type: 'wallet', account, unit: 'USD', overdraft, creditLimit }
}

export function grant(id: string, amount: Nano, more: Partial<GrantOp> = {}): GrantOp {
  return { type: 'grant', id, account: WALLET, amount, priority: 0, expiresAt: null, reason: 'test', ...more }
}

export function walletLeg(id = WALLET): AccountRef {
  return { kind: 'wallet', id, unit: 'USD' }
}

export function capLeg(limit: Nano, more: Partial<Extract<AccountRef, { kind: 'cap' }>> = {}): Extract<AccountRef, { kind: 'cap' }> {
  return { kind: 'cap', base: 'c', unit: 'cap:USD', period: 'total', zone: 'UTC', limit, ...more }
}

/** A hold of a fixed amount on the wallet, unless `more` says otherwise. */
export function hold(id: string, amount: Nano, more: Partial<HoldOp> = {}): HoldOp {
  const dot = id.lastIndexOf('.')
  return {
    type: 'hold',
    id,
    request: id.slice(0, dot),
    slice: Number(id.slice(dot + 1)),
    instance: 1,
    legs: [walletLeg()],
    measure: { fixed: amount * 1_000_000n, perStep: 0n },
    steps: { min: 0, max: 0 },
    memo: '{"key":"k"}',
    ...more,
  }
}

/** A quota of a plan, which counts by itself. */
export function quotaLeg(unit: 'quota:requests' | 'quota:tokens', limit: bigint, more: Partial<Cap> = {}): Cap {
  return { kind: 'cap', base: unit, unit, period: 'total', zone: 'UTC', limit, measure: { fixed: 1_000_000n, perStep: 0n }, ...more }
}

type Cap = Extract<AccountRef, { kind: 'cap' }>

export function charge(id: string, amount: Nano, account = WALLET): ChargeOp {
  return { type: 'charge', id, account, amount, reason: 'test' }
}

export function settle(request: string, cost: Nano, more: Partial<SettleOp> = {}): SettleOp {
  return { type: 'settle', request, slices: 1, cost, instance: 1, memo: '{}', ...more }
}

export function reverse(id: string, of: string, amount: Nano | null = null): ReverseOp {
  return { type: 'reverse', id, grant: of, amount, reason: 'test' }
}

export function refund(id: string, request: string, amount: Nano | null = null): RefundOp {
  return { type: 'refund', id, request, amount, reason: 'test' }
}

export function adjust(id: string, limit: Nano): AdjustOp {
  return { type: 'adjust', id, cap: capLeg(limit) }
}

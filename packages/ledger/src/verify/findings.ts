import type { Violation } from '../types.ts'

/** What can be found wrong; each is a promise of the ledger. */
export const INVARIANTS = [
  'sequence_gap',
  'sequence_duplicate',
  'entry_unbalanced',
  'entry_missing',
  'entry_unaccounted',
  'entry_terms_mismatch',
  'entry_unreadable',
  'entry_misnamed',
  'hold_in_wrong_period',
  'unit_mismatch',
  'negative_sum',
  'available_below_limit',
  'double_settle',
  'settle_exceeds_hold',
  'hold_left_open',
  'refund_exceeds_charge',
  'hold_open_of_dead_instance',
  'account_missing',
  'balance_mismatch',
  'lot_missing',
  'lot_mismatch',
  'lots_vs_account',
] as const

export type Invariant = (typeof INVARIANTS)[number]

/** More than anybody reads; the rest is only counted. */
const KEPT = 1_000

/** Collects violations. */
export class Findings {
  readonly violations: Violation[] = []
  count = 0

  add(invariant: Invariant, subject: string, detail: string): void {
    this.count += 1
    if (this.violations.length < KEPT) this.violations.push({ invariant, subject, detail })
  }
}

/** What the auditor can object to; each is a promise that was broken. */
export type Rule =
  // One transaction
  | 'outcome_differs'
  | 'held_without_room'
  | 'refused_with_room'
  | 'resolved_twice'
  | 'clock_went_back'
  // The books after it
  | 'charged_too_much'
  | 'charged_too_little'
  | 'hold_not_released'
  | 'hold_lost'
  | 'credit_differs'
  | 'lot_not_released'
  | 'lot_differs'
  | 'account_unexpected'
  // Recovery
  | 'live_instance_resolved'
  | 'recovered_beside_the_mark'
  // All entries
  | 'sequence_gap'
  | 'units_unbalanced'
  | 'account_is_not_its_entries'
  | 'lot_is_not_its_entries'
  | 'lots_not_conserved'
  | 'refunded_above_charge'
  | 'below_floor'
  // Requests, from the caller's side
  | 'held_without_owner'
  | 'held_after_recovery'
  | 'delivered_unpaid'
  | 'charged_twice'
  | 'charged_undelivered'
  | 'charged_more_than_delivered'
  | 'charged_less_than_delivered'
  | 'unconfirmed_twice_on_a_connection'
  | 'record_differs'
  | 'record_missing'

/** The auditor objects. `subject` is the request, account, lot or entry that it is about. */
export class Objection extends Error {
  override readonly name = 'Objection'
  readonly rule: Rule
  readonly subject: string
  readonly detail: string

  constructor(rule: Rule, subject: string, detail: string) {
    super(`${rule}: ${subject}: ${detail}`)
    this.rule = rule
    this.subject = subject
    this.detail = detail
  }
}

export function object(rule: Rule, subject: string, detail: string): never {
  throw new Objection(rule, subject, detail)
}

/** An invariant of the ledger that does not hold. */
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

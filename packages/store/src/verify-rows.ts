import type { VerifyReport, Violation } from '@faregate/ledger/types'
import { Verifier } from '@faregate/ledger/verify/verifier'
import {
  ACCOUNT_COLUMNS,
  ENTRY_COLUMNS,
  LOT_COLUMNS,
  accountFromRow,
  entryFromRow,
  lotFromRow,
  type AccountTuple,
  type EntryTuple,
  type LotTuple,
} from './ledger-rows.ts'

/** What is read before the rows, in the same snapshot. */
export interface VerifyFacts {
  liveInstances: number[]
  refundedRequests: string[]
  /** Where the sequence of entries stands: an entry that is missing at the end shows by it. */
  lastSeq: bigint
}

export const VERIFY_SQL = {
  refunded: `SELECT DISTINCT request FROM entries WHERE kind = 'refund' AND request IS NOT NULL`,
  lastSeq: `SELECT value FROM counters WHERE name = 'entry'`,
  entries: `SELECT ${ENTRY_COLUMNS} FROM entries ORDER BY seq`,
  accounts: `SELECT ${ACCOUNT_COLUMNS} FROM accounts`,
  lots: `SELECT ${LOT_COLUMNS} FROM lots`,
}

/** Feeds stored rows to the ledger's verifier, and checks what the store adds to them. */
export class RowVerifier {
  readonly #verifier: Verifier
  readonly #lastSeq: bigint
  readonly #extra: Violation[] = []
  #seen = 0n

  constructor(facts: VerifyFacts) {
    this.#verifier = new Verifier({ ...facts, gapless: true })
    this.#lastSeq = facts.lastSeq
  }

  entry(row: EntryTuple): void {
    this.#seen = row[0]
    try {
      this.#verifier.entry(entryFromRow(row))
    } catch (error) {
      this.#verifier.unreadable(row[1], String(error))
    }
  }

  account(row: AccountTuple): void {
    this.#verifier.account(accountFromRow(row))
  }

  lot(row: LotTuple): void {
    const lot = lotFromRow(row)
    this.#verifier.lot(lot)
    const open = lot.granted - lot.posted - lot.expired - lot.reversed > 0n ? 1n : 0n
    if (row[10] !== open) this.#extra.push({ invariant: 'lot_mismatch', subject: lot.id, detail: `open is ${row[10]}` })
  }

  finish(): VerifyReport {
    if (this.#seen !== this.#lastSeq) {
      const detail = `the sequence stands at ${this.#lastSeq}, the last entry is ${this.#seen}`
      this.#extra.push({ invariant: 'sequence_gap', subject: 'entries', detail })
    }
    const report = this.#verifier.finish()
    return { ...report, ok: report.ok && this.#extra.length === 0, violations: [...report.violations, ...this.#extra] }
  }
}

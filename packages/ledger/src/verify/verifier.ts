import type { Nano } from '@faregate/core'
import type { VerifyReport } from '../types.ts'
import type { AccountState, Entry, Lot } from '../working-set.ts'
import { Findings } from './findings.ts'
import { expectIdentity } from './identity.ts'
import { Recount, type AccountSum, type LotSum } from './recount.ts'
import { Requests } from './requests.ts'

/** The ledger's rows, of one snapshot. */
export interface LedgerRows {
  /** In order of seq. */
  entries: Iterable<Entry> | AsyncIterable<Entry>
  accounts: Iterable<AccountState> | AsyncIterable<AccountState>
  lots: Iterable<Lot> | AsyncIterable<Lot>
  options: VerifierOptions
}

export interface VerifierOptions {
  /** Instances that live, or are too freshly dead to have been recovered: their holds may be open. */
  liveInstances: Iterable<number>
  /** The distinct `request` of entries of kind `refund`, so that only their charges need be remembered. */
  refundedRequests: Iterable<string>
  /** Whether sequence numbers follow each other without a gap. */
  gapless: boolean
}

/** Recomputes every invariant from the entries; memory grows with accounts, lots and open holds, not with entries. */
export async function verify(rows: LedgerRows): Promise<VerifyReport> {
  const verifier = new Verifier(rows.options)
  for await (const entry of rows.entries) verifier.entry(entry)
  for await (const account of rows.accounts) verifier.account(account)
  for await (const lot of rows.lots) verifier.lot(lot)
  return verifier.finish()
}

type LotSums = Record<'granted' | 'expired' | 'posted' | 'held', Nano>

const ACCOUNT_FIELDS = ['granted', 'expired', 'posted', 'held', 'heldOnCredit', 'debt', 'overdraft', 'creditLimit', 'unit', 'kind'] as const
const LOT_FIELDS = ['account', 'seq', 'priority', 'expiresAt', 'granted', 'posted', 'held', 'expired', 'reversed'] as const

/** The same, fed row by row: all entries in order of seq first, then accounts and lots. */
export class Verifier {
  readonly #options: VerifierOptions
  readonly #findings = new Findings()
  readonly #recount = new Recount(this.#findings)
  readonly #requests: Requests
  readonly #rows = new Map<string, AccountState>()
  /** What the lot rows of a wallet add up to. */
  readonly #lotSums = new Map<string, LotSums>()
  readonly #seenLots = new Set<string>()
  readonly #checked = { entries: 0, accounts: 0, lots: 0 }
  #lastSeq = 0n

  constructor(options: VerifierOptions) {
    this.#options = options
    this.#requests = new Requests(this.#findings, this.#recount, options.refundedRequests)
  }

  entry(entry: Entry): void {
    this.#checked.entries += 1
    this.#expectNext(entry)
    expectIdentity(entry, this.#findings)
    this.#recount.add(entry)
    this.#requests.add(entry)
    if (entry.kind === 'grant') this.#expectGranted(entry, BigInt(entry.terms.amount ?? 0))
    if (entry.kind === 'charge') this.#expectFee(entry)
    if (entry.kind === 'adjust') this.#expectLimit(entry)
  }

  /** A row that cannot be decoded. */
  unreadable(subject: string, detail: string): void {
    this.#findings.add('entry_unreadable', subject, detail)
  }

  account(row: AccountState): void {
    this.#checked.accounts += 1
    this.#rows.set(row.id, row)
    const sum = this.#recount.accounts.get(row.id)
    if (sum !== undefined) this.#compareAccount(row, sum)
    else if (row.entries > 0n) this.#findings.add('entry_missing', row.id, `${row.entries} entries are counted, none is there`)
    else if (row.granted !== 0n || row.expired !== 0n || row.posted !== 0n || row.held !== 0n) {
      this.#findings.add('balance_mismatch', row.id, 'no entry stands behind its balance')
    }
  }

  lot(row: Lot): void {
    this.#checked.lots += 1
    this.#seenLots.add(row.id)
    this.#addUp(row)
    const sum = this.#recount.lots.get(row.id)
    if (sum === undefined) this.#findings.add('lot_mismatch', row.id, 'no entry stands behind it')
    else this.#compareLot(row, sum)
  }

  finish(): VerifyReport {
    for (const id of this.#recount.accounts.keys()) {
      if (!this.#rows.has(id)) this.#findings.add('account_missing', id, 'entries name it, its row is gone')
    }
    for (const id of this.#recount.lots.keys()) {
      if (!this.#seenLots.has(id)) this.#findings.add('lot_missing', id, 'entries name it, its row is gone')
    }
    for (const row of this.#rows.values()) if (row.kind === 'wallet') this.#expectLotsCarry(row)
    const openRequests = this.#requests.openCount
    this.#requests.finish(new Set(this.#options.liveInstances))
    const { violations, count } = this.#findings
    return { ok: count === 0, checked: { ...this.#checked, openRequests, violations: count }, violations }
  }

  #expectNext({ seq, id }: Entry): void {
    if (seq <= this.#lastSeq) this.#findings.add('sequence_duplicate', id, `${seq} follows ${this.#lastSeq}`)
    else if (this.#options.gapless && seq !== this.#lastSeq + 1n) {
      this.#findings.add('sequence_gap', id, `${seq} follows ${this.#lastSeq}`)
    }
    this.#lastSeq = seq
  }

  #expectGranted(entry: Entry, amount: Nano): void {
    const leg = entry.legs.find((one) => one.field === 'granted')
    if (leg?.amount === amount) return
    this.#findings.add('entry_terms_mismatch', entry.id, `it grants ${leg?.amount} and says ${amount}`)
  }

  #expectFee(entry: Entry): void {
    const leg = entry.legs.find((one) => one.field === 'posted')
    if (leg !== undefined && String(-leg.amount) !== entry.terms.amount) {
      this.#findings.add('entry_terms_mismatch', entry.id, `it charges ${-leg.amount} and says ${entry.terms.amount}`)
    }
    const sum = this.#recount.account(leg?.account ?? '')
    if (sum === undefined || this.#recount.available(sum) >= -sum.creditLimit) return
    this.#findings.add('available_below_limit', entry.id, `${this.#recount.available(sum)} is available after it`)
  }

  /** An adjustment leaves the account with exactly the limit it names, which ends its description of the cap. */
  #expectLimit(entry: Entry): void {
    const cap = entry.terms.cap
    const sum = this.#recount.account(entry.legs[0]?.account ?? '')
    if (typeof cap !== 'string' || sum === undefined) return
    const limit = cap.slice(cap.lastIndexOf(' ') + 1)
    if (String(sum.granted) !== limit) this.#findings.add('entry_terms_mismatch', entry.id, `the limit is ${sum.granted}, not ${limit}`)
  }

  #compareAccount(row: AccountState, sum: AccountSum): void {
    for (const field of ACCOUNT_FIELDS) {
      if (row[field] === sum[field]) continue
      this.#findings.add('balance_mismatch', row.id, `${field} is ${row[field]}, its entries say ${sum[field]}`)
    }
    if (row.entries === sum.entries) return
    const invariant = row.entries > sum.entries ? 'entry_missing' : 'entry_unaccounted'
    this.#findings.add(invariant, row.id, `${row.entries} entries are counted, ${sum.entries} are there`)
  }

  #compareLot(row: Lot, sum: LotSum): void {
    for (const field of LOT_FIELDS) {
      if (row[field] !== sum[field]) this.#findings.add('lot_mismatch', row.id, `${field} is ${row[field]}, its entries say ${sum[field]}`)
    }
  }

  #addUp(row: Lot): void {
    const sums = this.#lotSums.get(row.account) ?? { granted: 0n, expired: 0n, posted: 0n, held: 0n }
    sums.granted += row.granted - row.reversed
    sums.expired += row.expired
    sums.posted += row.posted
    sums.held += row.held
    this.#lotSums.set(row.account, sums)
  }

  /** A wallet is its lots, and what it owes beyond them. */
  #expectLotsCarry(row: AccountState): void {
    const lots = this.#lotSums.get(row.id) ?? { granted: 0n, expired: 0n, posted: 0n, held: 0n }
    const made = { ...lots, posted: lots.posted + row.debt, held: lots.held + row.heldOnCredit }
    for (const field of ['granted', 'expired', 'posted', 'held'] as const) {
      if (made[field] === row[field]) continue
      this.#findings.add('lots_vs_account', row.id, `${field} is ${row[field]}, its lots make ${made[field]}`)
    }
  }
}

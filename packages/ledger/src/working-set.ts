import type { Millis, Nano } from '@faregate/core'
import type { Account, Memo } from './types.ts'

/** One grant of credit, spent in order of priority, expiry (none last), sequence (M7). */
export interface Lot {
  id: string
  account: string
  seq: bigint
  priority: number
  expiresAt: Millis | null
  granted: Nano
  posted: Nano
  held: Nano
  /** Became breakage. */
  expired: Nano
  /** Was taken back. */
  reversed: Nano
}

/** A wallet or cap, with what the ledger needs beside its balance. */
export interface AccountState extends Account {
  /** Posted without a lot to post from: what the next grant repays first (M6). */
  debt: Nano
  /** Held against the credit limit, without a lot. */
  heldOnCredit: Nano
  /** When the period of a cap ends; null for wallets and `total`. */
  resetsAt: Millis | null
  /**
   * How many entries name it. Zero: the row was made to be locked, and nothing has opened the account yet.
   * Against the count of entries, a deleted one shows even where the sums still agree.
   */
  entries: bigint
}

export type EntryKind = 'hold' | 'post' | 'void' | 'excess' | 'grant' | 'charge' | 'expire' | 'reverse' | 'refund' | 'adjust' | 'wallet'

/**
 * One transaction, as it is kept for ever: never updated, never deleted. Its legs, the contra legs
 * included, add up to zero per unit (M3).
 */
export interface Entry {
  seq: bigint
  /** `<request>.<slice>` for a hold, `<request>.settle` for its one resolution, `<request>.excess`. */
  id: string
  kind: EntryKind
  request: string | null
  at: Millis
  instance: number | null
  legs: EntryLeg[]
  /** The operation's own members, flat and ready for JSON (64-bit integers as decimal strings): see `terms.ts`. */
  terms: Terms
  memo: Memo
}

/** What was asked for and what was decided, beside the legs: `exists_with_different_<member>` compares these. */
export type Terms = Record<string, string | number | null>

export interface EntryLeg {
  account: string
  unit: string
  /** What the leg does to `available`; legs of one unit add up to zero. */
  amount: Nano
  /** Which sum of the account it changes. Contra accounts (`contra:<unit>:<purpose>`) have no row: they are sums of entries. */
  field: 'granted' | 'expired' | 'posted' | 'held' | 'contra'
  /**
   * How it changed lots: [lot, change of the same field]. A negative change of `granted` counts as `reversed`.
   * What the lots do not carry of a `held` leg is held on credit, of a `posted` leg is debt.
   */
  lots?: [string, Nano][]
}

/** Everything a batch may read, loaded under lock before anything is decided. The machine changes it in place. */
export interface WorkingSet {
  /** The batch's one time, the same value that `accountsOf` was given (M10). */
  now: Millis
  /** Every account of `accountsOf(…).lock`. */
  accounts: Map<string, AccountState>
  /**
   * By account, in any order: the lots of the locked wallets that have something unspent or held
   * (granted − posted − expired − reversed > 0), and those of `lotIds`, whatever they have.
   */
  lots: Map<string, Lot[]>
  /** By id: the entries of `entryIds`, and all entries of the requests of `requestsOf`, read after the locks were taken. */
  entries: Map<string, Entry>
  /** The first free sequence number, taken after the locks, so that the entries of one account lie in the order of its locks. */
  nextSeq: bigint
}

/** What a batch changed: entries to insert (in order of seq, without a gap), rows to upsert (each once, as it is now). */
export interface Changes {
  entries: Entry[]
  accounts: AccountState[]
  lots: Lot[]
}

import type { Millis } from '@faregate/core'
import { byLotOrder } from './lots.ts'
import { LedgerUnavailable } from './port.ts'
import type { Memo } from './types.ts'
import type { AccountState, Changes, Entry, EntryKind, EntryLeg, Lot, Terms, WorkingSet } from './working-set.ts'

/** The largest 64-bit integer: no sum may pass it. */
export const MAX_AMOUNT = 2n ** 63n - 1n

/** A batch while it is being decided. */
export interface Batch {
  set: WorkingSet
  now: Millis
  lots: Map<string, Lot>
  /** Wallets whose expired lots were written off in this batch. */
  swept: Set<AccountState>
  accounts: Set<AccountState>
  changedLots: Set<Lot>
  entries: Entry[]
}

/** Starts a batch on a working set; brings the lots into spending order. */
export function startBatch(set: WorkingSet): Batch {
  const lots = new Map<string, Lot>()
  for (const owned of set.lots.values()) {
    if (owned.length > 1) owned.sort(byLotOrder)
    for (const lot of owned) lots.set(lot.id, lot)
  }
  return { set, now: set.now, lots, swept: new Set(), accounts: new Set(), changedLots: new Set(), entries: [] }
}

export function changesOf(batch: Batch): Changes {
  return { entries: batch.entries, accounts: [...batch.accounts], lots: [...batch.changedLots] }
}

/**
 * An account that was locked. It is absent where an entry became visible only once the locks were taken, too late to
 * lock what it names: nothing can be decided then, and a second try finds it.
 */
export function lockedAccount(batch: Batch, id: string): AccountState {
  const account = batch.set.accounts.get(id)
  if (account === undefined) throw new LedgerUnavailable(`account ${id} was not locked`)
  return account
}

/** A lot that was loaded; see {@link lockedAccount}. */
export function loadedLot(batch: Batch, id: string): Lot {
  const lot = batch.lots.get(id)
  if (lot === undefined) throw new LedgerUnavailable(`lot ${id} was not loaded`)
  return lot
}

/** Adds a lot that an operation makes; empty until a leg fills it. */
export function addLot(batch: Batch, lot: Lot): void {
  batch.lots.set(lot.id, lot)
  const owned = batch.set.lots.get(lot.account)
  if (owned === undefined) {
    batch.set.lots.set(lot.account, [lot])
    return
  }
  owned.push(lot)
  owned.sort(byLotOrder)
}

export interface EntryDraft {
  id: string
  kind: EntryKind
  request: string | null
  instance: number | null
  legs: EntryLeg[]
  terms: Terms
  memo: Memo
}

/** The memo of what has none. */
export const NO_MEMO: Memo = '{}'

/** A draft of an entry that no request or caller stands behind. */
export function draftOf(id: string, kind: EntryKind, legs: EntryLeg[], terms: Terms): EntryDraft {
  return { id, kind, request: null, instance: null, legs, terms, memo: NO_MEMO }
}

/** Writes an entry, whose legs were booked before, under the next sequence number. */
export function writeEntry(batch: Batch, draft: EntryDraft): Entry {
  const { id, kind, request, instance, legs, terms, memo } = draft
  const entry: Entry = { seq: batch.set.nextSeq, id, kind, request, at: batch.now, instance, legs, terms, memo }
  batch.set.nextSeq += 1n
  for (let i = 0; i < legs.length; i++) {
    const leg = legs[i]
    if (leg === undefined || leg.field === 'contra' || namedBefore(legs, i)) continue
    const account = lockedAccount(batch, leg.account)
    account.entries += 1n
    batch.accounts.add(account)
  }
  batch.set.entries.set(id, entry)
  batch.entries.push(entry)
  return entry
}

/** Of the last entry that whatever is decided now has seen. */
export function lastSeq({ set }: Batch): bigint {
  return set.nextSeq - 1n
}

function namedBefore(legs: EntryLeg[], index: number): boolean {
  const account = legs[index]?.account
  for (let i = 0; i < index; i++) if (legs[i]?.account === account) return true
  return false
}

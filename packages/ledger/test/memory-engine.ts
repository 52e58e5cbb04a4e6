import type { Millis } from '@faregate/core'
import {
  accountsOf,
  decideBatch,
  decodeLegs,
  encodeLegs,
  entryIds,
  lotIds,
  requestsOf,
  type AccountState,
  type BatchItem,
  type Entry,
  type LedgerEngine,
  type LedgerRows,
  type Lot,
  type Outcome,
  type WorkingSet,
} from '@faregate/ledger'

/** A database that a test can look into: rows are copied in and out, as a real one does. */
export interface MemoryStorage {
  accounts: Map<string, AccountState>
  lots: Map<string, Lot>
  /** Those with something unspent or held, by account. */
  openLots: Map<string, Map<string, Lot>>
  entries: Map<string, Entry>
  attached: { table: string; values: Record<string, unknown> }[]
  nextSeq: bigint
}

export function memoryStorage(): MemoryStorage {
  return { accounts: new Map(), lots: new Map(), openLots: new Map(), entries: new Map(), attached: [], nextSeq: 1n }
}

/** An engine on memory: the steps of a real one, in their order. */
export function memoryEngine(storage: MemoryStorage, now: () => Millis): LedgerEngine & { commitNow(batch: BatchItem[]): Outcome[] } {
  const commitNow = (batch: BatchItem[]): Outcome[] => commitUnderLock(storage, batch, readFirst(storage, batch, now()))
  return { commitNow, commit: async (batch) => commitNow(batch) }
}

/** What a transaction reads before it knows what to lock. Others may commit between this and its locks. */
export interface FirstRead {
  now: Millis
  entries: Map<string, Entry>
}

export function readFirst(storage: MemoryStorage, batch: BatchItem[], now: Millis): FirstRead {
  const operations = batch.map((item) => item.operation)
  return { now, entries: readEntries(storage, operations) }
}

/** The rest of the transaction, from its locks on: nobody else decides meanwhile. Throws like the machine; nothing is written then. */
export function commitUnderLock(storage: MemoryStorage, batch: BatchItem[], first: FirstRead): Outcome[] {
  const operations = batch.map((item) => item.operation)
  const { outcomes, changes } = decideBatch(load(storage, operations, first), operations)
  for (const entry of changes.entries) insert(storage, entry)
  for (const account of changes.accounts) storage.accounts.set(account.id, { ...account })
  for (const lot of changes.lots) putLot(storage, { ...lot })
  for (let i = 0; i < batch.length; i++) if (outcomes[i]?.status === 'ok') storage.attached.push(...(batch[i]?.attach ?? []))
  return outcomes
}

function putLot(storage: MemoryStorage, lot: Lot): void {
  storage.lots.set(lot.id, lot)
  const open = storage.openLots.get(lot.account) ?? new Map<string, Lot>()
  storage.openLots.set(lot.account, open)
  if (lot.granted - lot.posted - lot.expired - lot.reversed > 0n) open.set(lot.id, lot)
  else open.delete(lot.id)
}

function insert(storage: MemoryStorage, entry: Entry): void {
  if (entry.seq !== storage.nextSeq) throw new Error(`entry ${entry.id} has seq ${entry.seq}, expected ${storage.nextSeq}`)
  if (storage.entries.has(entry.id)) throw new Error(`entry ${entry.id} exists`)
  storage.entries.set(entry.id, throughText(entry))
  storage.nextSeq += 1n
}

/** As a database gives it back. */
function throughText(entry: Entry): Entry {
  const legs = decodeLegs(encodeLegs(entry.legs))
  return { ...entry, legs, terms: JSON.parse(JSON.stringify(entry.terms)) as Entry['terms'] }
}

function load(storage: MemoryStorage, operations: Parameters<typeof entryIds>[0], { now, entries: found }: FirstRead): WorkingSet {
  const { lock, create } = accountsOf(operations, found, now)
  const entries = readEntries(storage, operations)
  const accounts = new Map<string, AccountState>()
  for (const row of create) if (!storage.accounts.has(row.id)) storage.accounts.set(row.id, row)
  for (const id of lock) {
    const row = storage.accounts.get(id)
    if (row !== undefined) accounts.set(id, { ...row })
  }
  const open = new Map<string, Lot>()
  for (const id of accounts.keys()) for (const lot of storage.openLots.get(id)?.values() ?? []) open.set(lot.id, lot)
  for (const id of lotIds(operations, entries)) {
    const lot = storage.lots.get(id)
    if (lot !== undefined) open.set(id, lot)
  }
  const lots = new Map<string, Lot[]>()
  for (const lot of open.values()) {
    const owned = lots.get(lot.account)
    if (owned === undefined) lots.set(lot.account, [{ ...lot }])
    else owned.push({ ...lot })
  }
  return { now, accounts, lots, entries, nextSeq: storage.nextSeq }
}

function readEntries(storage: MemoryStorage, operations: Parameters<typeof entryIds>[0]): Map<string, Entry> {
  const found = new Map<string, Entry>()
  for (const id of entryIds(operations)) {
    const entry = storage.entries.get(id)
    if (entry !== undefined) found.set(id, entry)
  }
  for (const request of requestsOf(operations)) {
    for (const entry of storage.entries.values()) if (entry.request === request) found.set(entry.id, entry)
  }
  return found
}

/** What a verifier reads. */
export function rowsOf(storage: MemoryStorage, liveInstances: number[]): LedgerRows {
  const entries = [...storage.entries.values()]
  const refundedRequests = new Set(entries.filter((entry) => entry.kind === 'refund').map((entry) => entry.request ?? ''))
  return {
    entries,
    accounts: storage.accounts.values(),
    lots: storage.lots.values(),
    options: { liveInstances, refundedRequests, gapless: true },
  }
}

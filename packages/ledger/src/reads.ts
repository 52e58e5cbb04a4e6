import type { Millis } from '@faregate/core'
import { spanOf } from './period.ts'
import type { AccountRef, Operation } from './types.ts'
import type { AccountState, Entry } from './working-set.ts'

/**
 * What an engine reads for a batch. It reads `entryIds` and `requestsOf` once before the locks, to find the
 * accounts (holds are immutable), and once more after them: only then is the absence of a settle proven.
 */

type Cap = Extract<AccountRef, { kind: 'cap' }>

/** Ids of the entries to read: those that may exist already, holds of a settle, grants of a reversal. May repeat. */
export function entryIds(batch: Operation[]): string[] {
  const ids: string[] = []
  for (const operation of batch) pushEntryIds(operation, ids)
  return ids
}

function pushEntryIds(operation: Operation, ids: string[]): void {
  switch (operation.type) {
    case 'hold':
      ids.push(operation.id, `${operation.request}.settle`)
      return
    case 'settle':
      ids.push(`${operation.request}.settle`)
      for (let slice = 0; slice <= operation.slices; slice++) ids.push(`${operation.request}.${slice}`)
      return
    case 'reverse':
      ids.push(operation.id, operation.grant)
      return
    case 'wallet':
      ids.push(walletEntryId(operation.account))
      return
    default:
      ids.push(operation.id)
  }
}

/** The entry that opened a wallet. */
export function walletEntryId(account: string): string {
  return `${account}.wallet`
}

/** Requests of which all entries are read, for refunds. */
export function requestsOf(batch: Operation[]): string[] {
  const requests: string[] = []
  for (const operation of batch) if (operation.type === 'refund') requests.push(operation.request)
  return requests
}

/** Lots to load although nothing may be left of them: those that a refund gives back to, or that a reversal names. */
export function lotIds(batch: Operation[], entries: ReadonlyMap<string, Entry>): string[] {
  const ids: string[] = []
  const refunded = new Set(requestsOf(batch))
  for (const operation of batch) if (operation.type === 'reverse') ids.push(operation.grant)
  if (refunded.size === 0) return ids
  for (const entry of entries.values()) {
    if (entry.request === null || !refunded.has(entry.request)) continue
    for (const leg of entry.legs) for (const [lot] of leg.lots ?? []) ids.push(lot)
  }
  return ids
}

/**
 * The accounts of a batch: `lock`, sorted by id and each once, is the order of locking; `create` are those among
 * them that the engine inserts first where they do not exist (a cap's running period, a wallet), with empty sums.
 */
export function accountsOf(
  batch: Operation[],
  entries: ReadonlyMap<string, Entry>,
  now: Millis,
): { lock: string[]; create: AccountState[] } {
  const lock = new Set<string>()
  const create = new Map<string, AccountState>()
  for (const operation of batch) pushAccounts(operation, entries, now, lock, create)
  for (const request of requestsOf(batch)) {
    for (const entry of entries.values()) if (entry.request === request) pushLegs(entry, lock)
  }
  return { lock: [...lock].toSorted(byCodeUnits), create: [...create.values()] }
}

function pushAccounts(
  operation: Operation,
  entries: ReadonlyMap<string, Entry>,
  now: Millis,
  lock: Set<string>,
  create: Map<string, AccountState>,
): void {
  switch (operation.type) {
    case 'hold':
      for (const leg of operation.legs) {
        if (leg.kind === 'wallet') lock.add(leg.id)
        else pushCap(leg, now, lock, create)
      }
      return
    case 'settle':
      for (let slice = 0; slice <= operation.slices; slice++) {
        pushLegs(entries.get(`${operation.request}.${slice}`), lock)
      }
      return
    case 'grant':
    case 'charge':
      lock.add(operation.account)
      return
    case 'reverse':
      pushLegs(entries.get(operation.grant), lock)
      return
    case 'wallet':
      lock.add(operation.account)
      if (!create.has(operation.account)) {
        create.set(operation.account, emptyAccount(operation.account, operation.unit, 'wallet', null))
      }
      return
    case 'adjust':
      pushCap(operation.cap, now, lock, create)
      return
    case 'refund':
  }
}

function pushCap(cap: Cap, now: Millis, lock: Set<string>, create: Map<string, AccountState>): void {
  const running = capAccount(cap, now)
  if (running === undefined) return
  lock.add(running.id)
  if (!create.has(running.id)) create.set(running.id, emptyAccount(running.id, cap.unit, 'cap', running.resetsAt))
}

function pushLegs(entry: Entry | undefined, lock: Set<string>): void {
  for (const leg of entry?.legs ?? []) if (leg.field !== 'contra') lock.add(leg.account)
}

/** The account of a cap's running period (M8); `undefined` where the zone does not exist. */
export function capAccount(cap: Cap, now: Millis): { id: string; resetsAt: Millis | null } | undefined {
  try {
    const span = spanOf(cap.period, cap.zone, now)
    return { id: `${cap.base}@${span.start}`, resetsAt: span.until }
  } catch {
    return undefined
  }
}

function emptyAccount(id: string, unit: string, kind: 'wallet' | 'cap', resetsAt: Millis | null): AccountState {
  return {
    id,
    unit,
    kind,
    granted: 0n,
    expired: 0n,
    posted: 0n,
    held: 0n,
    overdraft: 0n,
    creditLimit: 0n,
    debt: 0n,
    heldOnCredit: 0n,
    resetsAt,
    entries: 0n,
  }
}

/** The order that every replica takes: not a locale's. */
function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

import type { Nano } from '@faregate/core'
import { addLot, loadedLot, NO_MEMO, writeEntry, type Batch } from './batch.ts'
import { book, repayDebt, sweepExpired } from './booking.ts'
import { newLot } from './grant.ts'
import { isExpired } from './lots.ts'
import { isQuota } from './quota.ts'
import { differenceFrom, settlementOf, termsOf } from './terms.ts'
import type { Outcome, RefundOp } from './types.ts'
import type { AccountState, Entry, EntryLeg } from './working-set.ts'

/** Where a part of the charge came from, in order of consumption; a lot of null was debt. */
interface Source {
  lot: string | null
  amount: Nano
}

/** Gives back what a request was charged: to its lots in reverse order, and to the caps whose period is open (M9). */
export function decideRefund(batch: Batch, op: RefundOp): Outcome {
  const known = batch.set.entries.get(op.id)
  if (known !== undefined) return differenceFrom(known, op) ?? refunded('exists', known)
  const resolution = batch.set.entries.get(`${op.request}.settle`)
  const charges = chargesOf(batch, op.request)
  const wallet = charges && walletAmong(batch, charges)
  if (resolution === undefined || wallet === undefined || charges === undefined) return { status: 'request_unknown' }
  sweepExpired(batch, wallet)
  const { posted, excess } = settlementOf(resolution)
  const before = refundedSoFar(batch, op.request)
  const remaining = posted + excess - before
  const amount = op.amount ?? remaining
  const whole = amount === remaining
  if (amount > remaining || (amount === 0n && !onlyCounted(batch, charges, op.request))) return { status: 'exceeds_remaining', remaining }
  const legs: EntryLeg[] = []
  const terms = { ...termsOf(op), refunded: String(amount) }
  const priority = refundWallet(batch, op, legs, wallet, backwards(sourcesOf(charges, wallet), before, amount))
  refundCaps(batch, legs, charges, before, amount)
  if (whole) for (const { account, count } of openCounts(batch, charges)) book(batch, legs, account, 'posted', count, 'used')
  repayDebt(batch, legs, wallet)
  const { id, request } = op
  const allTerms = priority === undefined ? terms : { ...terms, priority }
  return refunded('ok', writeEntry(batch, { id, kind: 'refund', request, instance: null, legs, terms: allTerms, memo: NO_MEMO }))
}

function refunded(status: 'ok' | 'exists', entry: Entry): Outcome {
  return { status, seq: entry.seq, at: entry.at, amount: BigInt(entry.terms.refunded ?? 0) }
}

/** The resolution and its excess; `undefined` while an account of theirs is not locked, for then it was resolved just now. */
function chargesOf(batch: Batch, request: string): Entry[] | undefined {
  const entries = [batch.set.entries.get(`${request}.settle`), batch.set.entries.get(`${request}.excess`)]
  const charges = entries.filter((entry) => entry !== undefined)
  const locked = charges.every((entry) => entry.legs.every((leg) => leg.field === 'contra' || batch.set.accounts.has(leg.account)))
  return locked ? charges : undefined
}

function walletAmong(batch: Batch, charges: Entry[]): AccountState | undefined {
  for (const entry of charges) {
    for (const leg of entry.legs) {
      const account = batch.set.accounts.get(leg.account)
      if (account?.kind === 'wallet') return account
    }
  }
  return undefined
}

function refundedSoFar(batch: Batch, request: string): Nano {
  let sum = 0n
  for (const entry of batch.set.entries.values()) {
    if (entry.kind === 'refund' && entry.request === request) sum += BigInt(entry.terms.refunded ?? 0)
  }
  return sum
}

function sourcesOf(charges: Entry[], wallet: AccountState): Source[] {
  const sources: Source[] = []
  for (const { legs } of charges) {
    for (const leg of legs) {
      if (leg.field !== 'posted' || leg.account !== wallet.id || leg.amount === 0n) continue
      let debt = -leg.amount
      for (const [lot, amount] of leg.lots ?? []) {
        sources.push({ lot, amount })
        debt -= amount
      }
      if (debt > 0n) sources.push({ lot: null, amount: debt })
    }
  }
  return sources
}

/** Walks back over what was consumed: past `skip`, then up to `amount`. */
function backwards<T extends { amount: Nano }>(sources: T[], skip: Nano, amount: Nano): T[] {
  const parts: T[] = []
  let before = skip
  let rest = amount
  for (const source of sources.toReversed()) {
    const passed = source.amount < before ? source.amount : before
    before -= passed
    const left = source.amount - passed
    const part = left < rest ? left : rest
    rest -= part
    if (part > 0n) parts.push({ ...source, amount: part })
  }
  return parts
}

/** Returns the priority of the lot that was made for what cannot go back to its own; `undefined` if none was needed. */
function refundWallet(batch: Batch, op: RefundOp, legs: EntryLeg[], wallet: AccountState, parts: Source[]): number | undefined {
  const priority = priorityOf(batch, parts)
  const renew = (amount: Nano): [string, Nano] => {
    if (!batch.lots.has(op.id)) addLot(batch, newLot(op.id, wallet.id, batch.set.nextSeq, priority, null))
    return [op.id, amount]
  }
  for (const { lot, amount } of parts) {
    if (lot === null) refundDebt(batch, legs, wallet, amount, renew)
    else refundLot(batch, legs, wallet, lot, amount, renew)
  }
  return batch.lots.has(op.id) ? priority : undefined
}

/** Reduces what is still owed; what was repaid meanwhile, from whatever lot, comes back as a new one. */
function refundDebt(batch: Batch, legs: EntryLeg[], wallet: AccountState, amount: Nano, renew: (amount: Nano) => [string, Nano]): void {
  const owed = wallet.debt < amount ? wallet.debt : amount
  if (owed > 0n) book(batch, legs, wallet, 'posted', owed, 'revenue')
  if (amount > owed) book(batch, legs, wallet, 'granted', amount - owed, 'revenue', [renew(amount - owed)])
}

function refundLot(
  batch: Batch,
  legs: EntryLeg[],
  wallet: AccountState,
  lot: string,
  amount: Nano,
  renew: (amount: Nano) => [string, Nano],
): void {
  book(batch, legs, wallet, 'posted', amount, 'revenue', [[lot, -amount]])
  if (isExpired(loadedLot(batch, lot), batch.now)) book(batch, legs, wallet, 'granted', 0n, 'grants', [[lot, -amount], renew(amount)])
}

/** That of the first lot that the new one replaces. */
function priorityOf(batch: Batch, parts: Source[]): number {
  for (const { lot } of parts) {
    const known = lot === null ? undefined : loadedLot(batch, lot)
    if (known !== undefined && isExpired(known, batch.now)) return known.priority
  }
  return 0
}

function refundCaps(batch: Batch, legs: EntryLeg[], charges: Entry[], before: Nano, amount: Nano): void {
  for (const booked of bookedOnCaps(batch, charges).values()) {
    for (const { account, amount: part } of backwards(booked, before, amount)) {
      if (account.resetsAt !== null && account.resetsAt <= batch.now) continue
      book(batch, legs, account, 'posted', part, 'used')
    }
  }
}

/** What quotas whose period is open have counted: it comes back with the last of the charge. */
function openCounts(batch: Batch, charges: Entry[]): { account: AccountState; count: bigint }[] {
  const counts: { account: AccountState; count: bigint }[] = []
  for (const { legs } of charges) {
    for (const leg of legs) {
      const account = batch.set.accounts.get(leg.account)
      if (account === undefined || leg.field !== 'posted' || !isQuota(leg.unit)) continue
      if (account.resetsAt === null || account.resetsAt > batch.now) counts.push({ account, count: -leg.amount })
    }
  }
  return counts
}

/** Nothing was charged, and what was counted has not come back yet. */
function onlyCounted(batch: Batch, charges: Entry[], request: string): boolean {
  for (const entry of batch.set.entries.values()) if (entry.kind === 'refund' && entry.request === request) return false
  return openCounts(batch, charges).length > 0
}

/** Per cap, over all the periods that the request reached into: what was booked, in order. */
function bookedOnCaps(batch: Batch, charges: Entry[]): Map<string, { account: AccountState; amount: Nano }[]> {
  const caps = new Map<string, { account: AccountState; amount: Nano }[]>()
  for (const { legs } of charges) {
    for (const leg of legs) {
      const account = batch.set.accounts.get(leg.account)
      if (account?.kind !== 'cap' || leg.field !== 'posted' || isQuota(leg.unit)) continue
      const cap = capOf(leg.account)
      const booked = caps.get(cap) ?? []
      booked.push({ account, amount: -leg.amount })
      caps.set(cap, booked)
    }
  }
  return caps
}

/** One base may have a cap per day and one per month; the names of their periods differ in length. */
function capOf(account: string): string {
  const at = account.lastIndexOf('@')
  return `${account.slice(0, at)}@${account.length - at}`
}

import type { Nano } from '@faregate/core'
import { loadedLot, lockedAccount, MAX_AMOUNT, writeEntry, draftOf, type Batch } from './batch.ts'
import { availableOf, book, bookContra, chargePurpose, repayDebt, sweepExpired } from './booking.ts'
import { resolvedBefore } from './hold.ts'
import { isExpired, takeFree } from './lots.ts'
import { baseOf, isQuota } from './quota.ts'
import { differenceFrom, settlementOf, termsOf } from './terms.ts'
import type { Counts, Outcome, SettleOp, Settlement } from './types.ts'
import type { AccountState, Entry, EntryLeg } from './working-set.ts'

/** What one settle writes: the resolution, and what of released lots has expired meanwhile. */
interface Legs {
  settle: EntryLeg[]
  breakage: EntryLeg[]
}

/**
 * Resolves every hold of a request, once: the cost over them in order of slice, each on the accounts it was taken
 * from, however late (M6, M8); the rest returns to its lots. Cost beyond the holds is an entry of its own.
 */
export function decideSettle(batch: Batch, op: SettleOp): Outcome {
  const resolution = batch.set.entries.get(`${op.request}.settle`)
  if (resolution !== undefined) return settledBefore(resolution, op)
  const holds = holdsOf(batch, op)
  const last = holds.at(-1)
  if (last === undefined) return { status: 'hold_unknown' }
  const accounts = accountsOfHolds(batch, holds)
  if (accounts.some((account) => account.posted + owedOn(account, op) > MAX_AMOUNT)) return { status: 'operation_invalid', member: 'cost' }
  for (const account of accounts) if (account.kind === 'wallet') sweepExpired(batch, account)
  const legs: Legs = { settle: [], breakage: [] }
  const rest = postInOrder(batch, legs, holds, op.cost)
  if (accounts.some(({ unit }) => isQuota(unit))) postCounts(batch, legs, holds, op.counts ?? {})
  for (const account of accounts) repayDebt(batch, legs.settle, account)
  const settlement = divide(batch, last, op.cost, rest)
  const entry = writeSettle(batch, op, legs, settlement)
  if (rest > 0n) writeExcess(batch, op, last, settlement)
  return settled('ok', entry)
}

function settledBefore(resolution: Entry, op: SettleOp): Outcome {
  if (resolution.instance !== op.instance) return resolvedBefore(resolution)
  return differenceFrom(resolution, op) ?? settled('exists', resolution)
}

function settled(status: 'ok' | 'exists', entry: Entry): Outcome {
  const settlement = settlementOf(entry)
  return { status, seq: entry.seq, at: entry.at, amount: settlement.posted + settlement.excess, settlement }
}

/** In order of slice; missing ones were refused or never sent. One past the count may have been taken unknown to the caller. */
function holdsOf(batch: Batch, op: SettleOp): Entry[] {
  const holds: Entry[] = []
  for (let slice = 0; slice <= op.slices; slice++) {
    const entry = batch.set.entries.get(`${op.request}.${slice}`)
    if (entry?.kind === 'hold') holds.push(entry)
  }
  return holds
}

function accountsOfHolds(batch: Batch, holds: Entry[]): AccountState[] {
  const accounts = new Set<AccountState>()
  for (const entry of holds) for (const leg of entry.legs) if (leg.field === 'held') accounts.add(lockedAccount(batch, leg.account))
  return [...accounts]
}

/** Returns what the holds did not cover. */
function postInOrder(batch: Batch, legs: Legs, holds: Entry[], cost: Nano): Nano {
  let rest = cost
  for (const entry of holds) {
    let part = 0n
    for (const leg of entry.legs) {
      if (leg.field !== 'held' || isQuota(leg.unit)) continue
      part = -leg.amount < rest ? -leg.amount : rest
      postLeg(batch, legs, leg, part)
    }
    rest -= part
  }
  return rest
}

function owedOn({ unit }: AccountState, { cost, counts }: SettleOp): Nano {
  return isQuota(unit) ? (counts?.[unit] ?? 0n) : cost
}

/** Quotas post what was used, in order of slice; what the holds did not cover, on the last of them (M6). */
function postCounts(batch: Batch, legs: Legs, holds: Entry[], counts: Counts): void {
  const held = holds.flatMap((entry) => entry.legs.filter(({ field, unit }) => field === 'held' && isQuota(unit)))
  const lasts = new Map(held.map((leg) => [baseOf(leg.account), leg]))
  const left = new Map<string, Nano>()
  for (const leg of held) {
    const base = baseOf(leg.account)
    const rest = left.get(base) ?? counts[leg.unit] ?? 0n
    const part = lasts.get(base) === leg || rest < -leg.amount ? rest : -leg.amount
    left.set(base, rest - part)
    postLeg(batch, legs, leg, part)
  }
}

/** Releases one leg of a hold and posts `part` of it, in the order in which its lots were reserved (M7). */
function postLeg(batch: Batch, legs: Legs, hold: EntryLeg, part: Nano): void {
  const account = lockedAccount(batch, hold.account)
  const released: [string, Nano][] = []
  const consumed: [string, Nano][] = []
  const broken: [string, Nano][] = []
  let breakage = 0n
  let left = part
  for (const [id, amount] of hold.lots ?? []) {
    const spent = amount < left ? amount : left
    left -= spent
    released.push([id, -amount])
    if (spent > 0n) consumed.push([id, spent])
    if (spent < amount && isExpired(loadedLot(batch, id), batch.now)) {
      broken.push([id, amount - spent])
      breakage += amount - spent
    }
  }
  book(batch, legs.settle, account, 'held', -hold.amount, 'held', released)
  if (part > 0n) book(batch, legs.settle, account, 'posted', -part, chargePurpose(account), consumed)
  if (breakage > 0n) book(batch, legs.breakage, account, 'expired', -breakage, 'breakage', broken)
}

/** Cost beyond the holds: first from `available`, then as debt down to the overdraft, the rest to the operator (M6). */
function divide(batch: Batch, last: Entry, cost: Nano, rest: Nano): Settlement {
  const posted = cost - rest
  const wallet = chargedWallet(batch, last)
  if (rest === 0n || wallet === undefined) return { posted, excess: rest, absorbed: 0n }
  const floor = wallet.overdraft > wallet.creditLimit ? wallet.overdraft : wallet.creditLimit
  const reach = availableOf(wallet) + floor
  const excess = reach <= 0n ? 0n : reach < rest ? reach : rest
  return { posted, excess, absorbed: rest - excess }
}

function chargedWallet(batch: Batch, entry: Entry): AccountState | undefined {
  for (const leg of entry.legs) {
    if (leg.field !== 'held') continue
    const account = lockedAccount(batch, leg.account)
    if (account.kind === 'wallet') return account
  }
  return undefined
}

function writeSettle(batch: Batch, op: SettleOp, legs: Legs, settlement: Settlement): Entry {
  const { request, instance, memo } = op
  const terms = termsOf(op)
  terms.posted = String(settlement.posted)
  if (settlement.excess > 0n) terms.excess = String(settlement.excess)
  if (settlement.absorbed > 0n) terms.absorbed = String(settlement.absorbed)
  const kind = op.cost === 0n && op.counts === undefined ? 'void' : 'post'
  const entry = writeEntry(batch, { id: `${request}.settle`, kind, request, instance, legs: legs.settle, terms, memo })
  if (legs.breakage.length > 0) writeEntry(batch, { ...draftOf(`${request}.expire`, 'expire', legs.breakage, {}), request, instance })
  return entry
}

/** Caps book the whole of it and may end below zero; the wallet what it can carry. */
function writeExcess(batch: Batch, op: SettleOp, last: Entry, settlement: Settlement): void {
  const { excess, absorbed } = settlement
  const legs: EntryLeg[] = []
  for (const { field, unit, account: id } of last.legs) {
    if (field !== 'held' || isQuota(unit)) continue
    const account = lockedAccount(batch, id)
    if (account.kind === 'cap') book(batch, legs, account, 'posted', -excess - absorbed, 'used')
    else chargeExcess(batch, legs, account, settlement)
  }
  const { request, instance } = op
  const terms = { excess: String(excess), absorbed: String(absorbed) }
  writeEntry(batch, { ...draftOf(`${request}.excess`, 'excess', legs, terms), request, instance })
}

function chargeExcess(batch: Batch, legs: EntryLeg[], wallet: AccountState, { excess, absorbed }: Settlement): void {
  const lots = takeFree(batch.set.lots.get(wallet.id), excess, batch.now)
  book(batch, legs, wallet, 'posted', -excess, 'revenue', lots)
  bookContra(legs, wallet.unit, 'revenue', absorbed)
  bookContra(legs, wallet.unit, 'absorbed', -absorbed)
}

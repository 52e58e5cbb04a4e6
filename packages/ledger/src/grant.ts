import { addLot, MAX_AMOUNT, writeEntry, draftOf, type Batch } from './batch.ts'
import { book, expireLot, repayDebt, sweepExpired } from './booking.ts'
import { freeOf } from './lots.ts'
import { differenceFrom, termsOf } from './terms.ts'
import type { GrantOp, Outcome, ReverseOp } from './types.ts'
import type { EntryLeg, Lot } from './working-set.ts'

/** Puts credit on a wallet as a lot of its own; debt is repaid from it first (M6, M7). */
export function decideGrant(batch: Batch, op: GrantOp): Outcome {
  const known = batch.set.entries.get(op.id)
  if (known !== undefined) {
    return differenceFrom(known, op) ?? { status: 'exists', seq: known.seq, at: known.at, amount: op.amount }
  }
  const account = batch.set.accounts.get(op.account)
  if (account === undefined || account.kind !== 'wallet' || account.entries === 0n) return { status: 'account_unknown' }
  if (account.granted + op.amount > MAX_AMOUNT) return { status: 'operation_invalid', member: 'amount' }
  sweepExpired(batch, account)
  const lot = newLot(op.id, op.account, batch.set.nextSeq, op.priority, op.expiresAt)
  addLot(batch, lot)
  const legs: EntryLeg[] = []
  book(batch, legs, account, 'granted', op.amount, 'grants', [[lot.id, op.amount]])
  repayDebt(batch, legs, account)
  const entry = writeEntry(batch, draftOf(op.id, 'grant', legs, termsOf(op)))
  expireLot(batch, account, lot)
  return { status: 'ok', seq: entry.seq, at: entry.at, amount: op.amount }
}

/** A lot with nothing in it. */
export function newLot(id: string, account: string, seq: bigint, priority: number, expiresAt: number | null): Lot {
  return { id, account, seq, priority, expiresAt, granted: 0n, posted: 0n, held: 0n, expired: 0n, reversed: 0n }
}

/** Takes back what is unspent and unheld of a grant (M7). */
export function decideReverse(batch: Batch, op: ReverseOp): Outcome {
  const known = batch.set.entries.get(op.id)
  if (known !== undefined) return differenceFrom(known, op) ?? takenBack('exists', known)
  const lot = batch.lots.get(op.grant)
  const account = lot === undefined ? undefined : batch.set.accounts.get(lot.account)
  if (lot === undefined || account === undefined) return { status: 'grant_unknown' }
  sweepExpired(batch, account)
  const remaining = freeOf(lot)
  const amount = op.amount ?? remaining
  if (amount > remaining || amount === 0n) return { status: 'exceeds_remaining', remaining }
  const legs: EntryLeg[] = []
  book(batch, legs, account, 'granted', -amount, 'grants', [[lot.id, -amount]])
  return takenBack('ok', writeEntry(batch, draftOf(op.id, 'reverse', legs, termsOf(op))))
}

function takenBack(status: 'ok' | 'exists', entry: { seq: bigint; at: number; legs: EntryLeg[] }): Outcome {
  const leg = entry.legs.find((one) => one.field === 'granted')
  return { status, seq: entry.seq, at: entry.at, amount: -(leg?.amount ?? 0n) }
}

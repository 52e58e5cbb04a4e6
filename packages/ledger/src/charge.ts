import { draftOf, lastSeq, writeEntry, type Batch } from './batch.ts'
import { availableOf, book, sweepExpired } from './booking.ts'
import { lapsedOf, takeFree } from './lots.ts'
import { differenceFrom, termsOf } from './terms.ts'
import type { ChargeOp, Decided, Outcome, Room } from './types.ts'
import type { AccountState, EntryLeg } from './working-set.ts'

/** Charges a fee, once for its id, as far as the balance and the credit limit of a wallet in arrears reach (M4). */
export function decideCharge(batch: Batch, op: ChargeOp): Outcome {
  const known = batch.set.entries.get(op.id)
  if (known !== undefined) {
    return differenceFrom(known, op) ?? { status: 'exists', seq: known.seq, at: known.at, amount: op.amount }
  }
  const account = batch.set.accounts.get(op.account)
  if (account === undefined || account.kind !== 'wallet' || account.entries === 0n) return { status: 'account_unknown' }
  sweepExpired(batch, account)
  const available = availableOf(account) + account.creditLimit
  if (available < op.amount) return refuse(batch, op, account, available)
  const legs: EntryLeg[] = []
  book(batch, legs, account, 'posted', -op.amount, 'revenue', takeFree(batch.set.lots.get(account.id), op.amount, batch.now))
  const entry = writeEntry(batch, draftOf(op.id, 'charge', legs, termsOf(op)))
  return { status: 'ok', seq: entry.seq, at: entry.at, amount: op.amount }
}

function refuse(batch: Batch, { amount: required }: ChargeOp, account: AccountState, available: bigint): Outcome {
  const { id, unit, resetsAt } = account
  const held = account.held - lapsedOf(batch.set.lots.get(id), batch.now)
  const room: Room = { account: id, unit, required, available, held, resetsAt }
  const reserved = available + held >= required && account.debt <= account.creditLimit
  const decided: Decided = { seq: lastSeq(batch), legs: [room], at: batch.now }
  return { status: 'insufficient', reserved, leg: 0, also: [], shortfalls: [{ leg: 0, ...room }], steps: 0, ...decided }
}

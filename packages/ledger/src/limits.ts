import { lockedAccount, writeEntry, draftOf, type Batch } from './batch.ts'
import { book } from './booking.ts'
import { capAccount, walletEntryId } from './reads.ts'
import { differenceFrom, termsOf } from './terms.ts'
import type { AdjustOp, Outcome, WalletOp } from './types.ts'
import type { AccountState, EntryLeg } from './working-set.ts'

/** Opens a wallet, or changes its limits; what it already is, `exists`. */
export function decideWallet(batch: Batch, op: WalletOp): Outcome {
  const account = lockedAccount(batch, op.account)
  if (account.entries === 0n) account.unit = op.unit
  if (account.unit !== op.unit) return { status: 'exists_with_different_unit' }
  if (account.kind !== 'wallet') return { status: 'exists_with_different_type' }
  const opened = batch.set.entries.get(walletEntryId(op.account))
  const equal = account.overdraft === op.overdraft && account.creditLimit === op.creditLimit
  if (opened !== undefined && equal) return { status: 'exists', seq: opened.seq, at: opened.at }
  const id = opened === undefined ? walletEntryId(op.account) : `${walletEntryId(op.account)}.${account.entries}`
  account.overdraft = op.overdraft
  account.creditLimit = op.creditLimit
  const entry = writeEntry(batch, draftOf(id, 'wallet', [untouched(account)], termsOf(op)))
  return { status: 'ok', seq: entry.seq, at: entry.at }
}

/** Sets a cap's limit in its running period, by the difference; holds are not touched (M8). */
export function decideAdjust(batch: Batch, op: AdjustOp): Outcome {
  const known = batch.set.entries.get(op.id)
  if (known !== undefined) return differenceFrom(known, op) ?? { status: 'exists', seq: known.seq, at: known.at, amount: op.cap.limit }
  const running = capAccount(op.cap, batch.now)
  if (running === undefined) return { status: 'operation_invalid', member: 'cap' }
  const account = lockedAccount(batch, running.id)
  if (account.entries === 0n) account.unit = op.cap.unit
  if (account.kind !== 'cap' || account.unit !== op.cap.unit) return { status: 'operation_invalid', member: 'cap' }
  const legs: EntryLeg[] = []
  book(batch, legs, account, 'granted', op.cap.limit - account.granted, 'limits')
  const entry = writeEntry(batch, draftOf(op.id, 'adjust', legs, termsOf(op)))
  return { status: 'ok', seq: entry.seq, at: entry.at, amount: op.cap.limit }
}

/** An entry names the account it is about, even where no sum changes. */
function untouched(account: AccountState): EntryLeg {
  return { account: account.id, unit: account.unit, amount: 0n, field: 'granted' }
}

import { changesOf, startBatch, type Batch } from './batch.ts'
import { decideCharge } from './charge.ts'
import { decideGrant, decideReverse } from './grant.ts'
import { decideHold } from './hold.ts'
import { decideAdjust, decideWallet } from './limits.ts'
import { decideRefund } from './refund.ts'
import { decideSettle } from './settle.ts'
import type { Operation, Outcome } from './types.ts'
import { invalidMember } from './validate.ts'
import type { Changes, WorkingSet } from './working-set.ts'

export { accountsOf, entryIds, lotIds, requestsOf } from './reads.ts'

/**
 * Decides the operations in order on the working set, changing it in place; every outcome is a named status, in
 * the precedence: invalid, resolved before, exists, unknown, in debt or insufficient or exceeding. Throws
 * `LedgerUnavailable` for a working set that lacks an account or a lot: then nothing may be written, and the batch is tried again.
 *
 * An engine runs it between loading and writing:
 *
 *   now := the database's clock; entries := read(entryIds, requestsOf)
 *   {lock, create} := accountsOf(batch, entries, now); insert `create` where absent; lock `lock` in order
 *   entries := read(entryIds, requestsOf) again; lots := open lots of locked wallets + lotIds(batch, entries)
 *   decideBatch(…); insert entries, upsert accounts and lots; commit
 */
export function decideBatch(set: WorkingSet, operations: Operation[]): { outcomes: Outcome[]; changes: Changes } {
  const batch = startBatch(set)
  const outcomes = operations.map((operation) => invalidMember(operation) ?? decide(batch, operation))
  return { outcomes, changes: changesOf(batch) }
}

function decide(batch: Batch, operation: Operation): Outcome {
  switch (operation.type) {
    case 'hold':
      return decideHold(batch, operation)
    case 'settle':
      return decideSettle(batch, operation)
    case 'grant':
      return decideGrant(batch, operation)
    case 'charge':
      return decideCharge(batch, operation)
    case 'reverse':
      return decideReverse(batch, operation)
    case 'refund':
      return decideRefund(batch, operation)
    case 'wallet':
      return decideWallet(batch, operation)
    case 'adjust':
      return decideAdjust(batch, operation)
  }
}

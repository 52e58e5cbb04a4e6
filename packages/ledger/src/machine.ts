import type { Operation, Outcome } from './types.ts'
import type { Changes, WorkingSet } from './working-set.ts'

export { accountsOf, entryIds, lotIds, requestsOf } from './reads.ts'

/**
 * Decides the operations in order on the working set, changing it in place; every outcome is a named status.
 * An engine runs it between loading and writing:
 *
 *   now := the database's clock; entries := read(entryIds, requestsOf)
 *   {lock, create} := accountsOf(batch, entries, now); insert `create` where absent; lock `lock` in order
 *   entries := read(entryIds, requestsOf) again; lots := open lots of locked wallets + lotIds(batch, entries)
 *   decideBatch(…); insert entries, upsert accounts and lots; commit
 */
export function decideBatch(_set: WorkingSet, _batch: Operation[]): { outcomes: Outcome[]; changes: Changes } {
  throw new Error('not yet')
}

import { auditRowOf, type Deed } from '../audit-row.ts'
import type { AdminDeps } from '../deps.ts'
import type { AdminTransaction } from '../ports.ts'

/** What keeping payment methods and charging them needs. */
export type PaymentNeeds = Pick<AdminDeps, 'store' | 'ledger' | 'clock' | 'random' | 'currency' | 'changed'>

/** Writes down in the audit what was done, or told by a rail. */
export function noteDeed(
  needs: Pick<PaymentNeeds, 'clock' | 'random'>,
  trx: Pick<AdminTransaction, 'insertAudit'>,
  deed: Deed,
): Promise<void> {
  return trx.insertAudit(auditRowOf(needs, deed))
}

/** Changes in one transaction what is known of a key's organization: in force here when it resolves, elsewhere within a second. */
export async function changeStanding<T>(
  { store, changed }: Pick<PaymentNeeds, 'store' | 'changed'>,
  effect: (trx: AdminTransaction) => Promise<T | undefined>,
): Promise<T | undefined> {
  const done = await store.write(async (trx) => {
    const result = await effect(trx)
    if (result !== undefined) await trx.bumpConfiguration()
    return result
  })
  if (done !== undefined) await changed()
  return done
}

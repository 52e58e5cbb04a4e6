import { newId } from '@faregate/core'
import type { AdminDeps } from '../deps.ts'
import type { AdminTransaction } from '../ports.ts'

/** What keeping payment methods and charging them needs. */
export type PaymentNeeds = Pick<AdminDeps, 'store' | 'ledger' | 'clock' | 'random' | 'currency' | 'changed'>

/** Something that the gateway did by itself, or that a rail told, for the audit. */
export interface Deed {
  action: string
  subject: string
  organization: string
  after?: Record<string, unknown>
  /** Who did it; absent: nobody. */
  actor?: string
}

/** The row of the audit that tells of it. */
export function noteDeed(
  { clock, random }: Pick<PaymentNeeds, 'clock' | 'random'>,
  trx: Pick<AdminTransaction, 'insertAudit'>,
  { actor = 'system', action, subject, organization, after }: Deed,
): Promise<void> {
  const at = clock.now()
  const text = after === undefined ? null : JSON.stringify(after)
  return trx.insertAudit({ id: newId('au', at, random), at, actor, action, subject, organization, before: null, after: text })
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

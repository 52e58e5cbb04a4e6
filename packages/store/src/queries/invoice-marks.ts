import type { InvoiceChanges, InvoiceQueries } from '@faregate/admin/ports-invoices'
import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'
import { toNumber } from './columns.ts'

export async function openInvoiceMark(db: Kysely<Schema>, organization: string, since: number): Promise<void> {
  await db.insertInto('invoice_marks').values({ organization_id: organization, since, look_at: 0, seq: 0, balance: 0 }).execute()
}

export async function marksToLookAt(db: Kysely<Schema>, by: number, limit: number): ReturnType<InvoiceQueries['marks']> {
  const rows = await db
    .selectFrom('invoice_marks')
    .innerJoin('organizations', 'organizations.id', 'invoice_marks.organization_id')
    .select(['organization_id', 'zone', 'since', 'seq', 'balance', 'created_at'])
    .where('look_at', '<=', BigInt(by))
    .orderBy('look_at')
    .orderBy('organization_id')
    .limit(limit)
    .execute()
  return rows.map(({ organization_id, zone, since, seq, balance, created_at }) => ({
    organization: organization_id,
    zone,
    since: toNumber(since),
    first: since === created_at,
    seq,
    balance,
  }))
}

/** Of two at once the second waits for the first, and finds another mark than the one that it read. */
export async function closeInvoiceMark(
  db: Kysely<Schema>,
  mark: Parameters<InvoiceChanges['closeInvoiceMark']>[0],
  closed: Parameters<InvoiceChanges['closeInvoiceMark']>[1],
): Promise<boolean> {
  const changed = await db
    .updateTable('invoice_marks')
    .set({ since: closed.until, look_at: closed.lookAt, seq: closed.seq, balance: closed.balance })
    .where('organization_id', '=', mark.organization)
    .where('since', '=', BigInt(mark.since))
    .where('seq', '=', mark.seq)
    .executeTakeFirst()
  return changed.numUpdatedRows === 1n
}

export async function postponeInvoiceMark(db: Kysely<Schema>, organization: string, lookAt: number): Promise<void> {
  await db.updateTable('invoice_marks').set({ look_at: lookAt }).where('organization_id', '=', organization).execute()
}

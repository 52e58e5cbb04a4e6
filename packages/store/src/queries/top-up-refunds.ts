import type { TopUpRefundRow } from '@faregate/admin/payment-rows'
import type { PaymentQueries } from '@faregate/admin/ports-payments'
import type { Kysely, Selectable } from 'kysely'
import type { Schema } from '../schema.ts'
import type { TopUpRefundsTable } from '../schema-top-ups.ts'
import { toNumber, toNumberOrNull } from './columns.ts'

export function topUpRefundQueries(db: Kysely<Schema>): PaymentQueries['topUpRefunds'] {
  const all = () => db.selectFrom('top_up_refunds').selectAll()
  return {
    async get(id) {
      const row = await all().where('id', '=', id).executeTakeFirst()
      return row && refundOf(row)
    },
    async ofTopUp(topUp) {
      return (await all().where('top_up_id', '=', topUp).orderBy('created_at', 'desc').orderBy('id', 'desc').execute()).map(refundOf)
    },
    async pending(now, limit) {
      const rows = await all().where('state', '=', 'pending').where('next_at', '<=', BigInt(now)).orderBy('next_at').limit(limit).execute()
      return rows.map(refundOf)
    },
  }
}

function refundOf(row: Selectable<TopUpRefundsTable>): TopUpRefundRow {
  return {
    id: row.id,
    topUp: row.top_up_id,
    amount: row.amount,
    asked: row.asked === 0n ? null : row.asked,
    reason: row.reason,
    createdAt: toNumber(row.created_at),
    state: row.state as TopUpRefundRow['state'],
    nextAt: toNumber(row.next_at),
    reference: row.reference,
    endedAt: toNumberOrNull(row.ended_at),
  }
}

/** Whether its time was still the one that was read. */
export async function postponeTopUpRefund(
  db: Kysely<Schema>,
  { id, nextAt: read }: Pick<TopUpRefundRow, 'id' | 'nextAt'>,
  nextAt: number,
): Promise<boolean> {
  const changed = await db
    .updateTable('top_up_refunds')
    .set({ next_at: nextAt })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .where('next_at', '=', BigInt(read))
    .executeTakeFirst()
  return changed.numUpdatedRows > 0n
}

/** Whether it had not ended so before. What was refunded may still come back; what was refused stays so. */
export async function endTopUpRefund(
  db: Kysely<Schema>,
  id: string,
  { state, reference, at }: { state: 'refunded' | 'refused'; reference: string; at: number },
): Promise<boolean> {
  const changed = await db
    .updateTable('top_up_refunds')
    .set({ state, reference, ended_at: at })
    .where('id', '=', id)
    .where('state', 'in', state === 'refused' ? ['pending', 'refunded'] : ['pending'])
    .executeTakeFirst()
  return changed.numUpdatedRows > 0n
}

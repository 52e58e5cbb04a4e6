import type { AdminQueries } from '@faregate/admin/ports'
import type { VoucherEnd, VoucherRow } from '@faregate/admin/voucher-rows'
import type { Kysely, Selectable } from 'kysely'
import type { Schema } from '../schema.ts'
import type { VoucherEndsTable, VouchersTable } from '../schema-vouchers.ts'
import { toNumber } from './columns.ts'

type Joined = Selectable<VouchersTable> & {
  ended: VoucherEndsTable['kind'] | null
  organization_id: string | null
  grant_id: string | null
  ended_at: bigint | null
}

export function voucherQueries(db: Kysely<Schema>): AdminQueries['vouchers'] {
  const joined = () =>
    db
      .selectFrom('vouchers')
      .leftJoin('voucher_ends', 'voucher_ends.voucher_id', 'vouchers.id')
      .selectAll('vouchers')
      .select(['voucher_ends.kind as ended', 'voucher_ends.organization_id', 'voucher_ends.grant_id', 'voucher_ends.at as ended_at'])
  return {
    async get(id) {
      const row = await joined().where('vouchers.id', '=', id).executeTakeFirst()
      return row && voucherOf(row)
    },
    async byHash(hash) {
      const row = await joined().where('vouchers.hash', '=', hash).executeTakeFirst()
      return row && voucherOf(row)
    },
    async list({ limit, before }) {
      let query = joined().orderBy('vouchers.id', 'desc').limit(limit)
      if (before !== undefined) query = query.where('vouchers.id', '<', before)
      return (await query.execute()).map(voucherOf)
    },
  }
}

function voucherOf(row: Joined): VoucherRow {
  return {
    id: row.id,
    hash: row.hash,
    lastFour: row.last_four,
    amount: row.amount,
    expiresAt: toNumber(row.expires_at),
    createdAt: toNumber(row.created_at),
    end: endOf(row),
  }
}

function endOf({ ended, organization_id: organization, grant_id: grant, ended_at: at }: Joined): VoucherEnd | null {
  if (ended === null || at === null) return null
  if (ended === 'withdrawn') return { kind: 'withdrawn', at: toNumber(at) }
  return { kind: 'redeemed', organization: organization ?? '', grant: grant ?? '', at: toNumber(at) }
}

export async function insertVoucher(db: Kysely<Schema>, row: Omit<VoucherRow, 'end'>): Promise<void> {
  const { id, hash, lastFour, amount, expiresAt, createdAt } = row
  await db.insertInto('vouchers').values({ id, hash, last_four: lastFour, amount, expires_at: expiresAt, created_at: createdAt }).execute()
}

/** Where a redemption is on its way, it waits for that, and answers false. */
export async function withdrawVoucher(db: Kysely<Schema>, id: string, at: number): Promise<boolean> {
  // The head of the audit first, as a batch of the ledger does: the two would wait for each other otherwise.
  await db
    .updateTable('counters')
    .set((eb) => ({ value: eb.ref('value') }))
    .where('name', '=', 'audit')
    .execute()
  const result = await db
    .insertInto('voucher_ends')
    .values({ voucher_id: id, kind: 'withdrawn', organization_id: '', grant_id: '', at })
    .onConflict((conflict) => conflict.column('voucher_id').doNothing())
    .executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

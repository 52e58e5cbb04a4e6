import type { PaymentQueries } from '@faregate/admin/ports-payments'
import type { NewTopUp, TopUpRow } from '@faregate/admin/top-up-rows'
import { sql, type Kysely, type Selectable } from 'kysely'
import type { Schema } from '../schema.ts'
import type { TopUpsTable } from '../schema-top-ups.ts'
import { toNumber, toNumberOrNull } from './columns.ts'

type Joined = Selectable<TopUpsTable> & {
  grant_id: string | null
  reference: string | null
  paid_at: bigint | null
  refunded: bigint
}

export function topUpQueries(db: Kysely<Schema>): PaymentQueries['topUps'] {
  const joined = () =>
    db
      .selectFrom('top_ups')
      .leftJoin('top_up_ends', 'top_up_ends.top_up_id', 'top_ups.id')
      .selectAll('top_ups')
      .select(['top_up_ends.grant_id', 'top_up_ends.reference', 'top_up_ends.at as paid_at'])
      .select(
        sql<bigint>`coalesce((SELECT cast(sum(amount) AS bigint) FROM top_up_refunds
          WHERE top_up_refunds.top_up_id = top_ups.id AND state <> 'refused'), 0)`.as('refunded'),
      )
  return {
    async get(id) {
      const row = await joined().where('top_ups.id', '=', id).executeTakeFirst()
      return row && topUpOf(row)
    },
    async list({ limit, before }, organization) {
      let query = joined().where('top_ups.organization_id', '=', organization).orderBy('top_ups.id', 'desc').limit(limit)
      if (before !== undefined) query = query.where('top_ups.id', '<', before)
      return (await query.execute()).map(topUpOf)
    },
    async automaticSince(organization, since) {
      const row = await db
        .selectFrom('top_ups')
        .innerJoin('top_up_ends', 'top_up_ends.top_up_id', 'top_ups.id')
        .select(sql<bigint>`coalesce(cast(sum(top_ups.amount) AS bigint), 0)`.as('sum'))
        .where('top_ups.organization_id', '=', organization)
        .where('top_ups.automatic', '=', 1n)
        .where('top_up_ends.at', '>=', BigInt(since))
        .executeTakeFirst()
      return row?.sum ?? 0n
    },
  }
}

function topUpOf(row: Joined): TopUpRow {
  const { grant_id: grant, reference, paid_at: at } = row
  return {
    id: row.id,
    organization: row.organization_id,
    rail: row.rail,
    amount: row.amount,
    createdAt: toNumber(row.created_at),
    automatic: row.automatic === 1n,
    payment: row.payment,
    plan: row.plan === null ? null : { name: row.plan, version: toNumber(row.plan_version ?? 0n) },
    refunded: row.refunded,
    voidAt: toNumberOrNull(row.void_at),
    paid: grant === null || reference === null || at === null ? null : { grant, reference, at: toNumber(at) },
  }
}

/** False where there is one of this id already. */
export async function insertTopUp(db: Kysely<Schema>, row: NewTopUp): Promise<boolean> {
  const { id, organization, rail, amount, createdAt, automatic, payment, plan } = row
  const facts = { id, organization_id: organization, rail, amount, created_at: createdAt }
  const result = await db
    .insertInto('top_ups')
    .values({ ...facts, automatic: automatic ? 1 : 0, payment, plan: plan?.name ?? null, plan_version: plan?.version ?? null })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

/** Whether it is the order's payment now; not where the order has ended, or has another one. */
export async function nameTopUpPayment(db: Kysely<Schema>, id: string, payment: string): Promise<boolean> {
  const named = await db
    .updateTable('top_ups')
    .set({ payment })
    .where('id', '=', id)
    .where('void_at', 'is', null)
    .where((either) => either.or([either('payment', 'is', null), either('payment', '=', payment)]))
    .executeTakeFirst()
  return named.numUpdatedRows > 0n
}

/** Ends an order without payment, if it still has the payment that was read; whether it had. */
export async function voidTopUp(db: Kysely<Schema>, id: string, payment: string | null, at: number): Promise<boolean> {
  const ended = await db
    .updateTable('top_ups')
    .set({ void_at: at })
    .where('id', '=', id)
    .where('void_at', 'is', null)
    .where('payment', payment === null ? 'is' : '=', payment)
    .executeTakeFirst()
  return ended.numUpdatedRows > 0n
}

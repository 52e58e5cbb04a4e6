import type { PaymentCustomer, PaymentMethodRow } from '@faregate/admin/payment-rows'
import type { PaymentChanges, PaymentQueries } from '@faregate/admin/ports-payments'
import type { Kysely, Selectable } from 'kysely'
import type { Schema } from '../schema.ts'
import type { PaymentMethodsTable } from '../schema-saved-payments.ts'
import { toNumber } from './columns.ts'

export function paymentCustomerQueries(db: Kysely<Schema>): PaymentQueries['paymentCustomers'] {
  return {
    get: (organization) =>
      db.selectFrom('payment_customers').select(['rail', 'reference']).where('organization_id', '=', organization).executeTakeFirst(),
  }
}

export function paymentMethodQueries(db: Kysely<Schema>): PaymentQueries['paymentMethods'] {
  const all = () => db.selectFrom('payment_methods').selectAll()
  return {
    async get(id) {
      const row = await all().where('id', '=', id).executeTakeFirst()
      return row && methodOf(row)
    },
    async named(rail, reference) {
      const row = await all().where('rail', '=', rail).where('reference', '=', reference).executeTakeFirst()
      return row && methodOf(row)
    },
    async ofOrganization(organization) {
      return (await all().where('organization_id', '=', organization).orderBy('created_at', 'desc').orderBy('id', 'desc').execute()).map(
        methodOf,
      )
    },
  }
}

function methodOf(row: Selectable<PaymentMethodsTable>): PaymentMethodRow {
  return {
    id: row.id,
    organization: row.organization_id,
    rail: row.rail,
    reference: row.reference,
    kind: row.kind,
    label: row.label,
    lastFour: row.last_four,
    expires: row.expires,
    saving: row.saving,
    verified: row.verified === 1n,
    preferred: row.preferred === 1n,
    createdAt: toNumber(row.created_at),
  }
}

export async function insertPaymentCustomer(db: Kysely<Schema>, organization: string, { rail, reference }: PaymentCustomer): Promise<void> {
  await db
    .insertInto('payment_customers')
    .values({ organization_id: organization, rail, reference })
    .onConflict((conflict) => conflict.column('organization_id').doNothing())
    .execute()
}

/** Whether it was still the customer that was read. */
export async function replacePaymentCustomer(db: Kysely<Schema>, organization: string, known: string, reference: string): Promise<boolean> {
  const replaced = await db
    .updateTable('payment_customers')
    .set({ reference })
    .where('organization_id', '=', organization)
    .where('reference', '=', known)
    .executeTakeFirst()
  return replaced.numUpdatedRows > 0n
}

export async function insertPaymentMethod(db: Kysely<Schema>, row: PaymentMethodRow): Promise<void> {
  const { id, organization, rail, reference, kind, label, lastFour, expires, saving, verified, preferred, createdAt } = row
  const facts = { id, organization_id: organization, rail, reference, kind, label, last_four: lastFour, expires, saving }
  await db
    .insertInto('payment_methods')
    .values({ ...facts, verified: verified ? 1 : 0, preferred: preferred ? 1 : 0, created_at: createdAt })
    .execute()
}

export async function updatePaymentMethod(
  db: Kysely<Schema>,
  id: string,
  { label, lastFour, expires, verified }: Parameters<PaymentChanges['updatePaymentMethod']>[1],
): Promise<void> {
  await db
    .updateTable('payment_methods')
    .set({ label, last_four: lastFour, expires, verified: verified ? 1 : 0 })
    .where('id', '=', id)
    .execute()
}

/** First none, then this one: at no moment two. */
export async function preferPaymentMethod(db: Kysely<Schema>, organization: string, id: string): Promise<void> {
  await db.updateTable('payment_methods').set({ preferred: 0 }).where('organization_id', '=', organization).execute()
  await db.updateTable('payment_methods').set({ preferred: 1 }).where('id', '=', id).execute()
}

export async function deletePaymentMethod(db: Kysely<Schema>, id: string): Promise<void> {
  await db.deleteFrom('payment_methods').where('id', '=', id).execute()
}

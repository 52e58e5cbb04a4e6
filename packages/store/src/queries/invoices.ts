import type { InvoiceQueries } from '@faregate/admin/ports-invoices'
import type { CreditNote, Invoice } from '@faregate/billing'
import type { Kysely, Selectable, Transaction } from 'kysely'
import type { CreditNotesTable, InvoicesTable } from '../schema-invoices.ts'
import type { Schema } from '../schema.ts'
import { toNumber, toNumberOrNull } from './columns.ts'
import { marksToLookAt } from './invoice-marks.ts'
import { invoicedEntries, lastBefore, receivedSince } from './invoiced-entries.ts'

export function invoiceQueries(db: Kysely<Schema>): InvoiceQueries {
  return {
    async get(number) {
      const row = await db.selectFrom('invoices').selectAll().where('number', '=', BigInt(number)).executeTakeFirst()
      return row && invoiceOf(row)
    },
    async list({ limit, before }, organization) {
      let query = db.selectFrom('invoices').selectAll().where('organization_id', '=', organization).orderBy('number', 'desc').limit(limit)
      if (before !== undefined) query = query.where('number', '<', BigInt(before))
      return (await query.execute()).map(invoiceOf)
    },
    async owing(organization) {
      const rows = await db
        .selectFrom('invoices')
        .select(['number', 'due_at', 'carried', 'due', 'through_seq'])
        .where('organization_id', '=', organization)
        .orderBy('number', 'desc')
        .execute()
      return rows.map(({ number, due_at, carried, due, through_seq }) => {
        return { number: toNumber(number), dueAt: toNumberOrNull(due_at), carried, due, throughSeq: through_seq }
      })
    },
    async last() {
      const row = await db.selectFrom('invoices').select('number').orderBy('number', 'desc').limit(1).executeTakeFirst()
      return toNumber(row?.number ?? 0n)
    },
    async creditNotes(invoice) {
      const rows = await db.selectFrom('credit_notes').selectAll().where('invoice', '=', BigInt(invoice)).orderBy('place').execute()
      return rows.map(creditNoteOf)
    },
    async creditNote(grant) {
      const row = await db.selectFrom('credit_notes').selectAll().where('grant_id', '=', grant).executeTakeFirst()
      return row && creditNoteOf(row)
    },
    async lastCreditNote() {
      const row = await db.selectFrom('credit_notes').select('number').orderBy('number', 'desc').limit(1).executeTakeFirst()
      return toNumber(row?.number ?? 0n)
    },
    marks: (by, limit) => marksToLookAt(db, by, limit),
    entries: (after, through, limit) => invoicedEntries(db, after, through, limit),
    lastBefore: (time) => lastBefore(db, time),
    received: (organization, after) => receivedSince(db, organization, after),
  }
}

/** By the row of a counter; the numbers themselves are those of the invoices, which a restore brings along. */
export async function lockInvoices(trx: Transaction<Schema>): Promise<void> {
  await trx
    .updateTable('counters')
    .set((eb) => ({ value: eb.ref('value') }))
    .where('name', '=', 'invoice')
    .execute()
}

export async function insertInvoice(db: Kysely<Schema>, invoice: Invoice): Promise<void> {
  const { number, organization, afterSeq, throughSeq, issuedAt, dueAt, total, carried, due, ...document } = invoice
  await db
    .insertInto('invoices')
    .values({
      number,
      organization_id: organization,
      after_seq: afterSeq,
      through_seq: throughSeq,
      issued_at: issuedAt,
      due_at: dueAt,
      total,
      carried,
      due,
      document: JSON.stringify(document, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    })
    .execute()
}

type Columns = 'number' | 'organization' | 'afterSeq' | 'throughSeq' | 'issuedAt' | 'dueAt' | 'total' | 'carried' | 'due'
/** As JSON keeps it: amounts as text. */
type Kept<T> = T extends bigint
  ? string
  : T extends (infer Item)[]
    ? Kept<Item>[]
    : T extends object
      ? { [Key in keyof T]: Kept<T[Key]> }
      : T

function invoiceOf(row: Selectable<InvoicesTable>): Invoice {
  const { opening, credited, closing, charges, credits, ...kept } = JSON.parse(row.document) as Kept<Omit<Invoice, Columns>>
  return {
    ...kept,
    number: toNumber(row.number),
    organization: row.organization_id,
    afterSeq: row.after_seq,
    throughSeq: row.through_seq,
    issuedAt: toNumber(row.issued_at),
    dueAt: toNumberOrNull(row.due_at),
    total: row.total,
    carried: row.carried,
    due: row.due,
    opening: BigInt(opening),
    credited: BigInt(credited),
    closing: BigInt(closing),
    charges: charges.map((line) => ({ ...line, amount: BigInt(line.amount) })),
    credits: credits.map((line) => ({ ...line, amount: BigInt(line.amount) })),
  }
}

function creditNoteOf(row: Selectable<CreditNotesTable>): CreditNote {
  const { number, invoice, organization_id: organization, amount, reason, grant_id: grant, at } = row
  return { number: toNumber(number), invoice: toNumber(invoice), organization, amount, reason, grant, at: toNumber(at) }
}

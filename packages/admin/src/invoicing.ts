import {
  dueAtEnd,
  invoiceName,
  owedAfter,
  unpaidOf,
  type Closing,
  type Invoice,
  type InvoiceMark,
  type Invoicing,
  type Statement,
  type Unpaid,
} from '@faregate/billing'
import { formatAmount, newId, type Millis, type Nano } from '@faregate/core'
import { auditRowOf } from './audit-row.ts'
import type { AdminDeps } from './deps.ts'
import type { AdminQueries, AdminTransaction } from './ports.ts'

export type InvoicingNeeds = Pick<AdminDeps, 'store' | 'clock' | 'random' | 'settings' | 'currency' | 'changed'>

const DAY_MS = 86_400_000

/** What issuing invoices needs, on the database. */
export function invoicingOn(needs: InvoicingNeeds): Invoicing {
  const { invoices } = needs.store.read
  return {
    due: (by, limit) => invoices.marks(by, limit),
    postpone: (looks) =>
      needs.store.write(async (trx) => {
        for (const { organization, at } of looks) await trx.postponeInvoiceMark(organization, at)
      }),
    lastBefore: (time) => invoices.lastBefore(time),
    entries: (after, through, limit) => invoices.entries(after, through, limit),
    async close(mark, closing) {
      const closed = await needs.store.write((trx) => close(needs, trx, mark, closing))
      // Whoever decides about requests has to know of what is due.
      if (closed?.due) await needs.changed()
      return closed !== undefined
    },
  }
}

/** The mark, the invoice, its event and the audit are one transaction. Undefined: another process has done it. */
async function close(
  needs: InvoicingNeeds,
  trx: AdminTransaction,
  mark: InvoiceMark,
  { period, throughSeq, tally }: Closing,
): Promise<{ due: boolean } | undefined> {
  const statement = tally.statement(mark.balance)
  const balance = statement?.closing ?? mark.balance
  if (!(await trx.closeInvoiceMark(mark, { until: period.until, seq: throughSeq, balance, lookAt: 0 }))) return undefined
  if (statement === undefined) return { due: false }
  await trx.lockInvoices()
  const invoice = await invoiceOf(needs, trx, mark, { period, throughSeq, tally }, statement)
  await trx.insertInvoice(invoice)
  if (invoice.due > 0n) await trx.bumpConfiguration()
  await tell(needs, trx, invoice)
  return { due: invoice.due > 0n }
}

async function invoiceOf(
  { clock, settings, currency }: InvoicingNeeds,
  trx: AdminTransaction,
  { organization, seq }: InvoiceMark,
  { period, throughSeq, tally }: Closing,
  statement: Statement,
): Promise<Invoice> {
  const row = await trx.organizations.get(organization)
  if (row === undefined) throw new Error(`the organization ${organization} is gone`)
  const [before] = await trx.invoices.owing(organization)
  const { mode } = row.billing
  const carried = before === undefined ? 0n : owedAfter(before.carried + before.due, tally.received)
  const due = dueAtEnd(mode, statement.closing, carried)
  const issuedAt = clock.now()
  const { 'billing.seller.name': name, 'billing.seller.address': address, 'billing.seller.taxNumber': taxNumber } = settings()
  return {
    ...statement,
    number: (await trx.invoices.last()) + 1,
    organization,
    currency,
    mode,
    period,
    afterSeq: seq,
    throughSeq,
    issuedAt,
    dueAt: due === 0n ? null : issuedAt + settings()['billing.dueDays'].value * DAY_MS,
    carried,
    due,
    seller: { name: name.value ?? null, address: address.value ?? null, taxNumber: taxNumber.value ?? null },
    buyer: { ...row.billTo, name: row.billTo.name ?? row.name },
  }
}

async function tell({ clock, random }: InvoicingNeeds, trx: AdminTransaction, invoice: Invoice): Promise<void> {
  const { organization, period, dueAt } = invoice
  const at = clock.now()
  const invoiced = invoiceName(invoice.number)
  const [total, due] = [formatAmount(invoice.total), formatAmount(invoice.due)]
  const data = { invoice: invoiced, period: period.name, total, due, dueAt: dueAt === null ? null : new Date(dueAt).toISOString() }
  await trx.insertEvent({ id: newId('evt', at, random), type: 'invoice.issued', organization, at, data })
  await trx.insertAudit(auditRowOf({ clock, random }, { action: 'invoice.issue', subject: invoiced, organization, after: data }))
}

/** The invoices of an organization that are not paid, oldest first. */
export async function unpaidInvoices({ invoices }: Pick<AdminQueries, 'invoices'>, organization: string, now: Millis): Promise<Unpaid[]> {
  const newest = await invoices.owing(organization)
  const [last] = newest
  const received: Nano = last === undefined || last.carried + last.due === 0n ? 0n : await invoices.received(organization, last.throughSeq)
  return unpaidOf(newest, received, now)
}

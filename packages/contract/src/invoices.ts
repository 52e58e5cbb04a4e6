import { z } from 'zod'
import { amount, byId, money, page, paging, reason, time } from './common.ts'
import type { RouteSpec } from './route.ts'

const byNumber = z.object({ number: z.string().min(1).max(40).describe('Like INV-000001.') })

const party = z.object({ name: z.string().nullable(), address: z.string().nullable(), taxNumber: z.string().nullable() })

const chargeLine = z.object({
  kind: z.enum(['usage', 'subscription', 'refund']),
  description: z.string().describe('The model, the plan and its period, or why it was given back.'),
  count: z.number().describe('How many requests, periods or refunds.'),
  buckets: z.record(z.string(), z.number()).describe('Tokens and other units, as far as providers reported them.'),
  amount: money.describe('Below zero: given back.'),
})

const creditLine = z.object({
  kind: z.enum(['credit', 'correction', 'reversal', 'expiry']),
  description: z.string(),
  count: z.number(),
  amount: money.describe('Below zero: taken back, or expired.'),
})

const creditNote = z
  .object({
    number: z.string(),
    invoice: z.string(),
    organization: z.string(),
    amount: money,
    reason: z.string(),
    grant: z.string().describe('The grant that put it on the balance.'),
    createdAt: time,
  })
  .meta({ title: 'CreditNote' })

const invoice = z
  .object({
    number: z.string().describe('One series for the whole installation, without gaps.'),
    organization: z.string(),
    state: z.enum(['open', 'overdue', 'paid']).describe('Derived from what has come onto the balance: it pays the oldest invoice first.'),
    mode: z.enum(['prepaid', 'arrears']),
    currency: z.string(),
    period: z.object({ name: z.string(), from: time, until: time, zone: z.string() }),
    issuedAt: time,
    dueAt: time.nullable().describe('Null: nothing is due.'),
    total: money.describe('What was charged, less refunds.'),
    due: money.describe('The debt at the end of the period, less what is owed from invoices before; 0 where it is prepaid.'),
    open: money.describe('What of it is not paid yet.'),
    opening: money.describe('The balance at the beginning; what requests in flight hold counts as there.'),
    credited: money,
    closing: money.describe('opening − total + credited'),
    carried: money.describe('What was owed from invoices before, at the end of the period.'),
    charges: z.array(chargeLine),
    credits: z.array(creditLine),
    seller: party,
    buyer: party,
    entries: z.object({ after: z.string(), through: z.string() }).describe('The entries of the ledger that it covers, by number.'),
  })
  .meta({ title: 'Invoice' })

const tag = 'Invoices'

export const invoiceRoutes = {
  listInvoices: {
    method: 'GET',
    path: '/api/organizations/{id}/invoices',
    tag,
    summary: 'List the invoices of an organization: one for each month in which money moved, issued after its end',
    permission: 'money:read',
    params: byId,
    query: z.strictObject(paging),
    status: 200,
    response: page(invoice),
  },
  getInvoice: {
    method: 'GET',
    path: '/api/invoices/{number}',
    tag,
    summary: 'See an invoice, how it stands, and what corrected it',
    permission: 'money:read',
    params: byNumber,
    status: 200,
    response: invoice.extend({ creditNotes: z.array(creditNote) }).meta({ title: 'InvoiceWithCreditNotes' }),
  },
  getInvoiceCsv: {
    method: 'GET',
    path: '/api/invoices/{number}/csv',
    tag,
    summary: 'Take an invoice as CSV (RFC 4180)',
    permission: 'money:read',
    params: byNumber,
    status: 200,
    media: 'text/csv; charset=utf-8',
    response: z.string(),
  },
  getInvoiceHtml: {
    method: 'GET',
    path: '/api/invoices/{number}/html',
    tag,
    summary: 'Take an invoice as a page to print',
    permission: 'money:read',
    params: byNumber,
    status: 200,
    media: 'text/html; charset=utf-8',
    response: z.string(),
  },
  createCreditNote: {
    method: 'POST',
    path: '/api/invoices/{number}/credit-notes',
    tag,
    summary: 'Correct an invoice: give back a part of what it charged, as credit; all of its credit notes together are at most its total',
    permission: 'money:write',
    params: byNumber,
    body: z.strictObject({ amount, reason: reason.describe('Stands on the note.') }),
    status: 201,
    response: creditNote,
    idempotent: true,
  },
} as const satisfies Record<string, RouteSpec>

import { invoiceCsv, invoiceHtml, invoiceNumber, stateOf, type Invoice } from '@faregate/billing'
import { visible, type Context, type Handlers } from '../call.ts'
import { unpaidInvoices } from '../invoicing.ts'
import { presentCreditNote, presentInvoice } from '../present/invoices.ts'

export const invoicesNumber: Handlers<'getInvoice' | 'getInvoiceCsv' | 'getInvoiceHtml'> = {
  async getInvoice(call) {
    const invoice = await visibleInvoice(call, call.params.number)
    const { unpaid, creditNotes } = await standing(call, invoice)
    return { ...presentInvoice(invoice, unpaid), creditNotes: creditNotes.map(presentCreditNote) }
  },

  async getInvoiceCsv(call) {
    return invoiceCsv(await visibleInvoice(call, call.params.number))
  },

  async getInvoiceHtml(call) {
    const invoice = await visibleInvoice(call, call.params.number)
    const { unpaid, creditNotes } = await standing(call, invoice)
    const open = unpaid.find(({ number }) => number === invoice.number)?.amount ?? 0n
    return invoiceHtml(invoice, { state: stateOf(invoice.number, unpaid), open, creditNotes })
  },
}

/** The invoice of this name, if this credential sees it; 404 otherwise. */
export async function visibleInvoice(context: Context, name: string): Promise<Invoice> {
  const number = invoiceNumber(name)
  const invoice = number === undefined ? undefined : await context.deps.store.read.invoices.get(number)
  return visible(context, invoice, 'invoice', name)
}

async function standing({ deps: { store, clock } }: Context, { number, organization }: Invoice) {
  const [unpaid, creditNotes] = await Promise.all([
    unpaidInvoices(store.read, organization, clock.now()),
    store.read.invoices.creditNotes(number),
  ])
  return { unpaid, creditNotes }
}

import { randomUUID } from 'node:crypto'
import { UsageError, type Command } from '../command.ts'
import { listOfOrganization } from '../list-command.ts'
import { fields, shortTime, table } from '../output.ts'
import { amountOf } from '../parse.ts'

const list = listOfOrganization({
  name: 'invoice list',
  summary: 'List the invoices of an organization',
  page: (client, id, query) => client.listInvoices({ params: { id }, query }),
  columns: {
    number: ({ number }) => number,
    period: ({ period }) => period.name,
    total: ({ total }) => total,
    due: ({ due }) => due,
    open: ({ open }) => open,
    state: ({ state }) => state,
    'due at': ({ dueAt }) => shortTime(dueAt),
    issued: ({ issuedAt }) => shortTime(issuedAt),
  },
})

const show: Command = {
  name: 'invoice show',
  summary: 'Show an invoice, or write it as CSV or as a page to print',
  args: ['<number>'],
  options: [
    { flags: '--csv', summary: 'as CSV' },
    { flags: '--html', summary: 'as a page to print' },
  ],
  async run(call) {
    const params = { number: call.args[0] ?? '' }
    const client = await call.client()
    if (call.options.is('csv')) return call.output.document(await client.getInvoiceCsv({ params }))
    if (call.options.is('html')) return call.output.document(await client.getInvoiceHtml({ params }))
    const invoice = await client.getInvoice({ params })
    const { period, charges, credits } = invoice
    const head = fields([
      ['number', invoice.number],
      ['organization', invoice.organization],
      ['period', `${period.name}, ${shortTime(period.from)} to ${shortTime(period.until)} UTC`],
      ['state', invoice.state],
      ['issued', shortTime(invoice.issuedAt)],
      ['due at', shortTime(invoice.dueAt)],
    ])
    const lines = [...charges, ...credits].map((line) => [line.kind, line.description, line.count, line.amount])
    const sums = fields([
      ['opening', invoice.opening],
      ['total', invoice.total],
      ['credited', invoice.credited],
      ['closing', invoice.closing],
      ['due', `${invoice.due} ${invoice.currency}`],
      ['open', `${invoice.open} ${invoice.currency}`],
    ])
    const notes = invoice.creditNotes.map((note) => `${note.number} gave back ${note.amount}: ${note.reason}`)
    call.output.result(invoice, [head, table(['kind', 'description', 'count', 'amount'], lines), sums, ...notes].join('\n\n'))
  },
}

const credit: Command = {
  name: 'invoice credit',
  summary: 'Correct an invoice: give back a part of what it charged, as credit',
  args: ['<number>', '<amount>'],
  options: [{ flags: '--reason <text>', summary: 'why; it stands on the credit note' }],
  async run(call) {
    const [number = '', amount = ''] = call.args
    const reason = call.options.text('reason')
    if (reason === undefined) throw new UsageError('say why with --reason: it stands on the credit note')
    const body = { amount: amountOf(amount), reason }
    const client = await call.client()
    const note = await client.createCreditNote({ params: { number }, body, idempotencyKey: randomUUID() })
    call.output.result(note, `${note.number}: ${note.amount} of ${note.invoice} given back.`)
  },
}

export const invoiceCommands = [list, show, credit]

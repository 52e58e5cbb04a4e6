import { creditNoteName, invoiceName, stateOf, type CreditNote, type Invoice, type Unpaid } from '@faregate/billing'
import { formatAmount } from '@faregate/core'
import { timeText, timeTextOrNull } from './time.ts'

/** An invoice with how it stands now. */
export function presentInvoice(invoice: Invoice, unpaid: readonly Unpaid[]) {
  const { number, organization, currency, mode, period, issuedAt, dueAt, seller, buyer, charges, credits } = invoice
  const open = unpaid.find((one) => one.number === number)?.amount ?? 0n
  return {
    number: invoiceName(number),
    organization,
    state: stateOf(number, unpaid),
    mode,
    currency,
    period: { name: period.name, from: timeText(period.from), until: timeText(period.until), zone: period.zone },
    issuedAt: timeText(issuedAt),
    dueAt: timeTextOrNull(dueAt),
    total: formatAmount(invoice.total),
    due: formatAmount(invoice.due),
    open: formatAmount(open),
    opening: formatAmount(invoice.opening),
    credited: formatAmount(invoice.credited),
    closing: formatAmount(invoice.closing),
    carried: formatAmount(invoice.carried),
    charges: charges.map((line) => ({ ...line, amount: formatAmount(line.amount) })),
    credits: credits.map((line) => ({ ...line, amount: formatAmount(line.amount) })),
    seller,
    buyer,
    entries: { after: String(invoice.afterSeq), through: String(invoice.throughSeq) },
  }
}

export function presentCreditNote({ number, invoice, organization, amount, reason, grant, at }: CreditNote) {
  return {
    number: creditNoteName(number),
    invoice: invoiceName(invoice),
    organization,
    amount: formatAmount(amount),
    reason,
    grant,
    createdAt: timeText(at),
  }
}

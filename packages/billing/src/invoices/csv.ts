import { BUCKETS, formatAmount } from '@faregate/core'
import { invoiceName, type ChargeLine, type CreditLine, type Invoice } from './invoice.ts'

type Cell = string | number | bigint | null

const HEAD = ['invoice', 'organization', 'from', 'until', 'issued', 'currency', 'kind', 'description', 'count', 'amount']

/**
 * An invoice as RFC 4180: a row for each line, then the balances and sums. Charges above zero are to be paid, credits above zero
 * were received. Text that a spreadsheet could take for a formula begins with an apostrophe.
 */
export function invoiceCsv(invoice: Invoice): string {
  const { organization, period, issuedAt, currency } = invoice
  const used = BUCKETS.filter((bucket) => invoice.charges.some(({ buckets }) => buckets[bucket] !== undefined))
  const instants = [period.from, period.until, issuedAt].map((time) => new Date(time).toISOString())
  const shared = [invoiceName(invoice.number), organization, ...instants, currency]
  const row = (kind: string, description: string, count: number | null, amount: bigint, line?: ChargeLine): Cell[] => [
    ...shared,
    kind,
    description,
    count,
    formatAmount(amount),
    ...used.map((bucket) => line?.buckets[bucket] ?? null),
  ]
  const ofLine = (line: ChargeLine | CreditLine): Cell[] =>
    row(line.kind, line.description, line.count, line.amount, 'buckets' in line ? line : undefined)
  const sums = (['opening', 'total', 'credited', 'closing', 'carried', 'due'] as const).map((kind) => row(kind, '', null, invoice[kind]))
  const rows: Cell[][] = [[...HEAD, ...used], ...invoice.charges.map(ofLine), ...invoice.credits.map(ofLine), ...sums]
  return rows.map((cells) => `${cells.map(written).join(',')}\r\n`).join('')
}

/** A decimal is one, below zero too; everything else that begins like a formula is made text. */
function written(cell: Cell): string {
  const text = cell === null ? '' : String(cell)
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-\d+(\.\d+)?$/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

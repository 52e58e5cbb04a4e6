import { BUCKETS, formatAmount, type Buckets, type Millis, type Nano } from '@faregate/core'
import { html, type Html } from '@faregate/core/html'
import { creditNoteName, invoiceName, type ChargeLine, type CreditLine, type CreditNote, type Invoice, type Party } from './invoice.ts'
import type { InvoiceState } from './owed.ts'
import { STYLE } from './html-style.ts'

/** What is shown beside what was issued. */
export interface Shown {
  state: InvoiceState
  /** What is still to be paid. */
  open: Nano
  creditNotes: readonly CreditNote[]
}

/** An invoice as a page to print: everything escaped, no script, nothing from elsewhere. */
export function invoiceHtml(invoice: Invoice, shown: Shown): string {
  const name = invoiceName(invoice.number)
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${name}</title>
        ${STYLE}
      </head>
      <body>
        <main>
          <header>
            <div>${party(invoice.seller, 'seller')}</div>
            <div class="title">
              <h1>Invoice</h1>
              <p>${name}</p>
              <p class="state ${shown.state}">${shown.state}</p>
            </div>
          </header>
          <section class="parties">
            <div>
              <h2>Invoice to</h2>
              ${party(invoice.buyer, 'buyer')}
            </div>
            ${dates(invoice)}
          </section>
          ${charges(invoice)} ${credits(invoice)} ${sums(invoice, shown)} ${notes(shown.creditNotes, invoice)}
          <footer>
            All amounts in ${invoice.currency}. Derived from the ledger's entries ${String(invoice.afterSeq + 1n)} to
            ${String(invoice.throughSeq)}; customer ${invoice.organization}.
          </footer>
        </main>
      </body>
    </html> `.text
}

function party({ name, address, taxNumber }: Party, role: string): Html {
  const lines = address?.split(/\r?\n/).map((line) => html`<br />${line}`)
  return html`<p class="${role}">
    <strong>${name ?? '–'}</strong>${lines}${taxNumber === null ? undefined : html`<br /><span class="soft">Tax number ${taxNumber}</span>`}
  </p>`
}

function dates({ period, issuedAt, dueAt, mode }: Invoice): Html {
  const day = (time: Millis): string => dayIn(period.zone, time)
  const due = dueAt === null ? (mode === 'prepaid' ? 'paid from the balance' : 'nothing is due') : day(dueAt)
  return html`<dl>
    <dt>Period</dt>
    <dd>${day(period.from)} to ${day(period.until - 1)}</dd>
    <dt>Issued</dt>
    <dd>${day(issuedAt)}</dd>
    <dt>Due</dt>
    <dd>${due}</dd>
  </dl>`
}

/** As a date of the calendar that the period is counted by. */
function dayIn(zone: string, time: Millis): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(time)
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? ''
  return `${part('year')}-${part('month')}-${part('day')}`
}

function charges({ charges: lines, total }: Invoice): Html {
  return table(['Charges', 'Count', 'Amount'], lines.map(chargeRow), ['Total charged', formatAmount(total)])
}

function chargeRow({ kind, description, count, buckets, amount }: ChargeLine): Html {
  return html`<tr>
    <td>${kind === 'refund' ? `Refund: ${description}` : description}<span class="soft used">${usedText(buckets)}</span></td>
    <td class="number">${count}</td>
    <td class="number">${formatAmount(amount)}</td>
  </tr>`
}

const CREDITS = { credit: 'Credit', correction: 'Correction', reversal: 'Taken back', expiry: 'Expired' }

function credits({ credits: lines, credited }: Invoice): Html | undefined {
  if (lines.length === 0) return undefined
  return table(['Credit received', 'Count', 'Amount'], lines.map(creditRow), ['Total received', formatAmount(credited)])
}

function creditRow({ kind, description, count, amount }: CreditLine): Html {
  return html`<tr>
    <td>${CREDITS[kind]}: ${description}</td>
    <td class="number">${count}</td>
    <td class="number">${formatAmount(amount)}</td>
  </tr>`
}

function table([what, count, amount]: string[], rows: Html[], [label, sum]: string[]): Html {
  return html`<table>
    <thead>
      <tr>
        <th scope="col">${what}</th>
        <th scope="col" class="number">${count}</th>
        <th scope="col" class="number">${amount}</th>
      </tr>
    </thead>
    <tbody>
      ${
        rows.length === 0
          ? html`<tr>
              <td colspan="3" class="soft">Nothing was charged.</td>
            </tr>`
          : rows
      }
    </tbody>
    <tfoot>
      <tr>
        <td colspan="2">${label}</td>
        <td class="number">${sum}</td>
      </tr>
    </tfoot>
  </table>`
}

function sums(invoice: Invoice, { open }: Shown): Html {
  const { opening, total, credited, closing, carried, due, currency } = invoice
  const row = (label: string, amount: Nano, strong = false): Html =>
    html`<tr class="${strong ? 'strong' : 'plain'}">
      <td>${label}</td>
      <td class="number">${formatAmount(amount)}${strong ? ` ${currency}` : undefined}</td>
    </tr>`
  return html`<table class="sums">
    <tbody>
      ${row('Balance at the beginning', opening)} ${row('Charged', -total)} ${row('Received', credited)}
      ${row('Balance at the end', closing)} ${carried === 0n ? undefined : row('Owed from invoices before', carried)}
      ${row('Due by this invoice', due, true)} ${open === due ? undefined : row('Still to be paid', open, true)}
    </tbody>
  </table>`
}

function notes(creditNotes: readonly CreditNote[], { period }: Invoice): Html | undefined {
  if (creditNotes.length === 0) return undefined
  const one = ({ number, at, amount, reason }: CreditNote): Html =>
    html`<li>${creditNoteName(number)}, ${dayIn(period.zone, at)}: ${formatAmount(amount)} given back, ${reason}</li>`
  return html`<section class="notes">
    <h2>Corrected by</h2>
    <ul>
      ${creditNotes.map(one)}
    </ul>
  </section>`
}

function usedText(buckets: Buckets): string {
  return BUCKETS.flatMap((bucket) => (buckets[bucket] === undefined ? [] : [`${bucket} ${buckets[bucket]}`])).join(' · ')
}

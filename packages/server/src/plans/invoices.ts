import { invoicingOn, unpaidInvoices, type InvoicingNeeds } from '@faregate/admin/invoicing'
import type { AdminStore } from '@faregate/admin'
import { InvoiceBook, issueInvoices } from '@faregate/billing'
import type { Clock } from '@faregate/core'
import { Pulse } from '@faregate/store/pulse'
import type { Logger } from '../log/log.ts'
import type { Closers } from '../start/closers.ts'

/** How often periods are looked for that have ended. */
const LOOK_MS = 5_000
/** After a start: those that ended while no process ran. */
const FIRST_MS = 100

/** What organizations in arrears owe, read from the database. */
export function createInvoiceBook({ read }: Pick<AdminStore, 'read'>, clock: Clock): InvoiceBook {
  return new InvoiceBook((organization) => unpaidInvoices(read, organization, clock.now()), clock)
}

/** Issues invoices, off the request path, until it is closed. Every process does so: what two issue at once is one invoice. */
export function runInvoicing(needs: InvoicingNeeds & { log: Logger }, closers: Closers): void {
  const port = invoicingOn(needs)
  const end = new AbortController()
  const work = async (): Promise<void> => {
    let dealtWith = 1
    while (dealtWith > 0 && !end.signal.aborted) dealtWith = await issueInvoices(port, needs.clock.now())
  }
  const pulse = new Pulse('issuing invoices', LOOK_MS, work, (level, message, facts = {}) => needs.log[level](facts, message), FIRST_MS)
  closers.add(() => {
    end.abort()
    return pulse.stop()
  })
}

import type { Clock } from '@faregate/core'
import type { Unpaid } from './owed.ts'

/** Of so many organizations in arrears it is remembered what they owe. */
const MOST_ORGANIZATIONS = 20_000

/**
 * The invoices that organizations in arrears have not paid, for requests: remembered for as long as no configuration's version
 * changes, which every issue of an invoice with something due does. Payments are not told of: so whatever is overdue is looked at anew.
 */
export class InvoiceBook {
  readonly #read: (organization: string) => Promise<Unpaid[]>
  readonly #clock: Clock
  #known = new Map<string, Unpaid[]>()

  constructor(read: (organization: string) => Promise<Unpaid[]>, clock: Clock) {
    this.#read = read
    this.#clock = clock
  }

  forget(): void {
    this.#known = new Map()
  }

  /** Those that are overdue, oldest first; at once where nothing can be. Rejects where the database does not answer. */
  overdue(organization: string): Unpaid[] | Promise<Unpaid[]> {
    const known = this.#known.get(organization)
    const now = this.#clock.now()
    if (known?.every(({ dueAt }) => dueAt > now)) return []
    return this.unpaid(organization).then((unpaid) => unpaid.filter(({ overdue }) => overdue))
  }

  /** All that are not paid, as of now. */
  async unpaid(organization: string): Promise<Unpaid[]> {
    const known = this.#known
    const unpaid = await this.#read(organization)
    // What was read before an issue must not outlive it.
    if (known !== this.#known) return unpaid
    if (known.size >= MOST_ORGANIZATIONS) known.clear()
    known.set(organization, unpaid)
    return unpaid
  }
}

import type { Millis, Nano } from '@faregate/core'
import type { InvoicePeriod } from './invoice.ts'
import { periodFrom } from './periods.ts'
import { movementOf, Tally, type InvoicedEntry } from './tally.ts'

/** How far an organization is invoiced. */
export interface InvoiceMark {
  organization: string
  zone: string
  since: Millis
  /** Nothing is invoiced yet: since it was made. */
  first: boolean
  /** The last entry of the ledger that is. */
  seq: bigint
  balance: Nano
}

/** A period that has ended: its last entry, and what moved in it. */
export interface Closing {
  period: InvoicePeriod
  throughSeq: bigint
  tally: Tally
}

/** When an organization is looked at again. */
export interface Look {
  organization: string
  at: Millis
}

export interface Invoicing {
  /** Organizations of which a period may have ended by a time. */
  due(by: Millis, limit: number): Promise<InvoiceMark[]>
  /** Looks at them again then. */
  postpone(looks: Look[]): Promise<void>
  /** The last entry of the ledger that was made before a time. */
  lastBefore(time: Millis): Promise<bigint>
  /** Entries that move balances, after one and through another, in order; at most so many. */
  entries(after: bigint, through: bigint, limit: number): Promise<InvoicedEntry[]>
  /** Issues the invoice where anything moved, and moves the mark, unless another process has; whether this one did. */
  close(mark: InvoiceMark, closing: Closing): Promise<boolean>
}

/** Entries that were made before the end of a period become visible a moment later; clocks of processes differ by less. */
const SETTLED_AFTER_MS = 60_000

/** So many share one pass over the entries. */
const AT_ONCE = 10_000
const CHUNK = 2_000

/**
 * Issues the invoices of periods that have ended: each once, whoever looks, and however late. One pass over the entries serves
 * every organization whose period ended at the same time. How many organizations were dealt with; 0: nothing is left to do.
 */
export async function issueInvoices(port: Invoicing, now: Millis): Promise<number> {
  const marks = await port.due(now, AT_ONCE)
  const ended: { mark: InvoiceMark; period: InvoicePeriod }[] = []
  const later: Look[] = []
  for (const mark of marks) {
    const period = periodFrom(mark.since, mark.zone, mark.first)
    const settled = period.until + SETTLED_AFTER_MS
    if (settled <= now) ended.push({ mark, period })
    else later.push({ organization: mark.organization, at: settled })
  }
  if (later.length > 0) await port.postpone(later)
  for (const [until, group] of Map.groupBy(ended, ({ period }) => period.until)) await closeAll(port, until, group)
  return marks.length
}

async function closeAll(port: Invoicing, until: Millis, group: { mark: InvoiceMark; period: InvoicePeriod }[]): Promise<void> {
  const cut = await port.lastBefore(until)
  const closings = new Map(
    group.map(({ mark, period }) => [
      mark.organization,
      { mark, closing: { period, throughSeq: cut > mark.seq ? cut : mark.seq, tally: new Tally() } },
    ]),
  )
  const first = group.reduce((least, { mark }) => (mark.seq < least ? mark.seq : least), cut)
  for await (const entry of entriesOf(port, first, cut)) {
    const movement = movementOf(entry)
    const own = movement && closings.get(movement.organization)
    if (own !== undefined && entry.seq > own.mark.seq) own.closing.tally.add(entry, movement?.amount ?? 0n)
  }
  for (const { mark, closing } of closings.values()) await port.close(mark, closing)
}

async function* entriesOf(port: Invoicing, after: bigint, through: bigint): AsyncGenerator<InvoicedEntry> {
  let last = after
  while (last < through) {
    const chunk = await port.entries(last, through, CHUNK)
    yield* chunk
    const end = chunk.at(-1)
    if (end === undefined) return
    last = end.seq
  }
}

import type { CreditNote, Invoice, InvoicedEntry, InvoiceMark, Owing } from '@faregate/billing'
import type { Millis, Nano } from '@faregate/core'
import type { Paging } from './ports.ts'

/** What is asked of invoices, and of the ledger for them. */
export interface InvoiceQueries {
  get(number: number): Promise<Invoice | undefined>
  list(paging: Paging, organization: string): Promise<Invoice[]>
  /** Of every invoice of an organization, from new to old, what says whether it is paid. */
  owing(organization: string): Promise<(Owing & { throughSeq: bigint })[]>
  /** The number of the newest; 0: there is none. */
  last(): Promise<number>
  creditNotes(invoice: number): Promise<CreditNote[]>
  creditNote(grant: string): Promise<CreditNote | undefined>
  lastCreditNote(): Promise<number>
  /** Organizations of which a period may have ended by a time. */
  marks(by: Millis, limit: number): Promise<InvoiceMark[]>
  /** Entries that move balances, after one and through another, in order. */
  entries(after: bigint, through: bigint, limit: number): Promise<InvoicedEntry[]>
  /** The last entry that was made before a time; 0: there is none. */
  lastBefore(time: Millis): Promise<bigint>
  /** What has come onto the balance of an organization after an entry: credit, less what was taken back of it, and refunds. */
  received(organization: string, after: bigint): Promise<Nano>
}

/** What can be changed of them, in a transaction. */
export interface InvoiceChanges {
  /** Moves a mark, unless it was moved since it was read; whether it did. */
  closeInvoiceMark(mark: InvoiceMark, closed: { until: Millis; seq: bigint; balance: Nano; lookAt: Millis }): Promise<boolean>
  postponeInvoiceMark(organization: string, lookAt: Millis): Promise<void>
  /** Keeps every other transaction that issues invoices waiting: none of them takes the same number. */
  lockInvoices(): Promise<void>
  insertInvoice(invoice: Invoice): Promise<void>
}

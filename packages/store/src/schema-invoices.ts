import type { Int, IntOrNull, Json } from './schema.ts'

export interface InvoiceTables {
  invoices: InvoicesTable
  credit_notes: CreditNotesTable
  invoice_marks: InvoiceMarksTable
}

/** Of an organization. */
export interface BillingColumns {
  /** Null: prepaid. */
  billing_mode: string | null
  credit_limit: IntOrNull
  /** What stands on its invoices. */
  bill_to: Json | null
}

/** What was issued, as it was; no row is ever updated. */
export interface InvoicesTable {
  number: Int
  organization_id: string
  /** It covers the entries of the ledger after this one, through the other. */
  after_seq: Int
  through_seq: Int
  issued_at: Int
  /** Null: nothing is due. */
  due_at: IntOrNull
  total: Int
  carried: Int
  due: Int
  document: Json
}

/** What an invoice charged too much; written with the grant that gives it back. */
export interface CreditNotesTable {
  number: Int
  invoice: Int
  /** Among the notes of its invoice, from 1. */
  place: Int
  organization_id: string
  amount: Int
  reason: string
  grant_id: string
  at: Int
}

/** How far an organization is invoiced: until when, through which entry, and what the balance was there. */
export interface InvoiceMarksTable {
  organization_id: string
  since: Int
  /** When its next period has ended; 0: nobody has looked yet. */
  look_at: Int
  seq: Int
  balance: Int
}

import type { Buckets, Millis, Nano } from '@faregate/core'

/** Who issues an invoice, or whom it is for; null: not told. */
export interface Party {
  name: string | null
  /** Lines, as they stand on an envelope. */
  address: string | null
  taxNumber: string | null
}

/** A part of a month, or all of it. */
export interface InvoicePeriod {
  /** `2027-01` */
  name: string
  from: Millis
  until: Millis
  zone: string
}

/** What was charged: calls of a model, a period of a plan, what was given back of calls (below zero). */
export interface ChargeLine {
  kind: 'usage' | 'subscription' | 'refund'
  description: string
  /** Requests, of a subscription its periods, of refunds how many. */
  count: number
  /** Tokens and other units, as far as providers reported them. */
  buckets: Buckets
  amount: Nano
}

/** What came onto the balance, or left it unspent (below zero). */
export interface CreditLine {
  kind: 'credit' | 'correction' | 'reversal' | 'expiry'
  description: string
  count: number
  amount: Nano
}

/** What moved on a wallet in a range of the ledger: `closing = opening − total + credited`. */
export interface Statement {
  charges: ChargeLine[]
  credits: CreditLine[]
  opening: Nano
  total: Nano
  credited: Nano
  closing: Nano
}

/** What was issued, as it was; a projection of the ledger's entries after one sequence number, through another. */
export interface Invoice extends Statement {
  /** From 1, without gaps, over the whole installation. */
  number: number
  organization: string
  currency: string
  mode: 'prepaid' | 'arrears'
  period: InvoicePeriod
  afterSeq: bigint
  throughSeq: bigint
  issuedAt: Millis
  /** Null: nothing is due. */
  dueAt: Millis | null
  /** Owed from invoices before it. */
  carried: Nano
  due: Nano
  seller: Party
  buyer: Party
}

/** What an invoice charged too much, given back as credit. */
export interface CreditNote {
  number: number
  invoice: number
  organization: string
  amount: Nano
  reason: string
  grant: string
  at: Millis
}

/** `INV-000001` */
export function invoiceName(number: number): string {
  return `INV-${String(number).padStart(6, '0')}`
}

/** `CN-000001` */
export function creditNoteName(number: number): string {
  return `CN-${String(number).padStart(6, '0')}`
}

/** The number in `INV-000001`; undefined for what is no such name. */
export function invoiceNumber(name: string): number | undefined {
  const number = Number(/^INV-(\d{6,12})$/.exec(name)?.[1])
  return number > 0 && invoiceName(number) === name ? number : undefined
}

import type { Millis, Nano } from '@faregate/core'
import { invoiceName } from './invoice.ts'

/** What of an invoice says whether it is paid. */
export interface Owing {
  number: number
  dueAt: Millis | null
  carried: Nano
  due: Nano
}

export type InvoiceState = 'open' | 'overdue' | 'paid'

/** What an invoice that is not paid still asks for. */
export interface Unpaid {
  number: number
  /** `INV-000001` */
  name: string
  amount: Nano
  dueAt: Millis
  overdue: boolean
}

/** What is due at the end of a period: in arrears the debt, less what invoices before it ask for already. */
export function dueAtEnd(mode: 'prepaid' | 'arrears', closing: Nano, carried: Nano): Nano {
  const debt = closing < 0n ? -closing : 0n
  return mode === 'arrears' && debt > carried ? debt - carried : 0n
}

/** What is still owed of an amount, after this came in. */
export function owedAfter(owed: Nano, received: Nano): Nano {
  return owed > received ? owed - received : 0n
}

/**
 * The invoices that are not paid, oldest first. `newest`: from new to old; `received`: what has come onto the balance since the
 * newest was issued. What comes in pays the oldest first, so what is still owed is owed for the newest.
 */
export function unpaidOf(newest: readonly Owing[], received: Nano, now: Millis): Unpaid[] {
  const [last] = newest
  const unpaid: Unpaid[] = []
  let owed = last === undefined ? 0n : owedAfter(last.carried + last.due, received)
  for (const { number, due, dueAt } of newest) {
    if (owed === 0n) break
    const amount = due < owed ? due : owed
    owed -= amount
    if (amount > 0n && dueAt !== null) unpaid.push({ number, name: invoiceName(number), amount, dueAt, overdue: dueAt <= now })
  }
  return unpaid.toReversed()
}

/** How an invoice stands. */
export function stateOf(number: number, unpaid: readonly Unpaid[]): InvoiceState {
  const open = unpaid.find((one) => one.number === number)
  return open === undefined ? 'paid' : open.overdue ? 'overdue' : 'open'
}

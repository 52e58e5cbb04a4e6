import type { AttachedRow } from '@faregate/ledger/port'
import type { Millis, Nano } from '@faregate/core'
import type { AutoTopUpRow, PaymentCustomer, PaymentMethodRow, TopUpRefundRow } from './payment-rows.ts'
import type { Paging } from './ports.ts'
import type { NewTopUp, TopUpRow } from './top-up-rows.ts'
import type { EventRow } from './webhook-rows.ts'

/** What is asked of top-ups, and of what pays them. */
export interface PaymentQueries {
  topUps: {
    get(id: string): Promise<TopUpRow | undefined>
    list(paging: Paging, organization: string): Promise<TopUpRow[]>
    /** What was paid automatically since a moment. */
    automaticSince(organization: string, since: Millis): Promise<Nano>
  }
  topUpRefunds: {
    get(id: string): Promise<TopUpRefundRow | undefined>
    ofTopUp(topUp: string): Promise<TopUpRefundRow[]>
    /** Those that the rail has to be asked about. */
    pending(now: Millis, limit: number): Promise<TopUpRefundRow[]>
  }
  paymentCustomers: { get(organization: string): Promise<PaymentCustomer | undefined> }
  paymentMethods: {
    get(id: string): Promise<PaymentMethodRow | undefined>
    /** By what the rail calls it. */
    named(rail: string, reference: string): Promise<PaymentMethodRow | undefined>
    /** The newest first. */
    ofOrganization(organization: string): Promise<PaymentMethodRow[]>
  }
  autoTopUps: {
    get(organization: string): Promise<AutoTopUpRow | undefined>
    /** Those whose time has come and whose order is to be seen to, or wanted. */
    due(now: Millis, limit: number): Promise<AutoTopUpRow[]>
    /** Whether the balance is too low, of an organization that pays beforehand and is not suspended. */
    isWanted(organization: string, now: Millis): Promise<boolean>
    /** Those that failed and whose balance is high enough again. */
    recovered(now: Millis, limit: number): Promise<AutoTopUpRow[]>
  }
}

/** What can be changed of them, in a transaction. */
export interface PaymentChanges {
  /** Inserts an order unless there is one of this id; whether it did. */
  insertTopUp(row: NewTopUp): Promise<boolean>
  /** Keeps what the rail calls the payment that was begun of an order; false: the order has ended, or has another payment. */
  nameTopUpPayment(id: string, payment: string): Promise<boolean>
  /** Ends an order that will never be paid, if it still has the payment that was read; whether it had. */
  voidTopUp(id: string, payment: string | null, at: Millis): Promise<boolean>
  /** Postpones a refund that is pending, if its time is still the one that was read; whether it was. */
  postponeTopUpRefund(row: Pick<TopUpRefundRow, 'id' | 'nextAt'>, nextAt: Millis): Promise<boolean>
  /** Says how a refund ended; whether that was not known. */
  endTopUpRefund(id: string, end: { state: 'refunded' | 'refused'; reference: string; at: Millis }): Promise<boolean>
  /** Unless there is one already. */
  insertPaymentCustomer(organization: string, customer: PaymentCustomer): Promise<void>
  /** In the place of the one that was read; whether it still was. */
  replacePaymentCustomer(organization: string, known: string, reference: string): Promise<boolean>
  insertPaymentMethod(row: PaymentMethodRow): Promise<void>
  updatePaymentMethod(id: string, change: Pick<PaymentMethodRow, 'label' | 'lastFour' | 'expires' | 'verified'>): Promise<void>
  /** Has this one charged, instead of the others of its organization. */
  preferPaymentMethod(organization: string, id: string): Promise<void>
  deletePaymentMethod(id: string): Promise<void>
  insertAutoTopUp(row: AutoTopUpRow): Promise<void>
  /** Whether the row was still the one whose revision is named. */
  updateAutoTopUp(row: AutoTopUpRow): Promise<boolean>
}

/** The rows that put an event on its way, to be written with an operation of the ledger. */
export type DeliveriesOf = (event: EventRow) => Promise<AttachedRow[]>

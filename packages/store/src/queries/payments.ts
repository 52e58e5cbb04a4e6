import type { PaymentChanges, PaymentQueries } from '@faregate/admin/ports-payments'
import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'
import { autoTopUpQueries, insertAutoTopUp, updateAutoTopUp } from './auto-top-ups.ts'
import {
  deletePaymentMethod,
  insertPaymentCustomer,
  insertPaymentMethod,
  replacePaymentCustomer,
  paymentCustomerQueries,
  paymentMethodQueries,
  preferPaymentMethod,
  updatePaymentMethod,
} from './payment-methods.ts'
import { endTopUpRefund, postponeTopUpRefund, topUpRefundQueries } from './top-up-refunds.ts'
import { insertTopUp, nameTopUpPayment, topUpQueries, voidTopUp } from './top-ups.ts'

/** What is asked of top-ups, and of what pays them. */
export function paymentQueries(db: Kysely<Schema>): PaymentQueries {
  return {
    topUps: topUpQueries(db),
    topUpRefunds: topUpRefundQueries(db),
    paymentCustomers: paymentCustomerQueries(db),
    paymentMethods: paymentMethodQueries(db),
    autoTopUps: autoTopUpQueries(db),
  }
}

/** What can be changed of them. */
export function paymentChanges(trx: Kysely<Schema>): PaymentChanges {
  return {
    insertTopUp: (row) => insertTopUp(trx, row),
    nameTopUpPayment: (id, payment) => nameTopUpPayment(trx, id, payment),
    voidTopUp: (id, payment, at) => voidTopUp(trx, id, payment, at),
    postponeTopUpRefund: (row, nextAt) => postponeTopUpRefund(trx, row, nextAt),
    endTopUpRefund: (id, end) => endTopUpRefund(trx, id, end),
    insertPaymentCustomer: (organization, customer) => insertPaymentCustomer(trx, organization, customer),
    replacePaymentCustomer: (organization, known, reference) => replacePaymentCustomer(trx, organization, known, reference),
    insertPaymentMethod: (row) => insertPaymentMethod(trx, row),
    updatePaymentMethod: (id, change) => updatePaymentMethod(trx, id, change),
    preferPaymentMethod: (organization, id) => preferPaymentMethod(trx, organization, id),
    deletePaymentMethod: (id) => deletePaymentMethod(trx, id),
    insertAutoTopUp: (row) => insertAutoTopUp(trx, row),
    updateAutoTopUp: (row) => updateAutoTopUp(trx, row),
  }
}

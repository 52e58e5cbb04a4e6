import type { AutoTopUpsTable, PaymentCustomersTable, PaymentMethodsTable } from './schema-saved-payments.ts'
import type { TopUpEndsTable, TopUpRefundsTable, TopUpsTable } from './schema-top-ups.ts'
import type { VoucherEndsTable, VouchersTable } from './schema-vouchers.ts'
import type { WebhookDeliveriesTable, WebhookMarksTable, WebhooksTable } from './schema-webhooks.ts'

/** The tables of how credit comes in, and of what is told of it. */
export interface PaymentTables {
  vouchers: VouchersTable
  voucher_ends: VoucherEndsTable
  webhooks: WebhooksTable
  webhook_deliveries: WebhookDeliveriesTable
  webhook_marks: WebhookMarksTable
  top_ups: TopUpsTable
  top_up_ends: TopUpEndsTable
  top_up_refunds: TopUpRefundsTable
  auto_top_ups: AutoTopUpsTable
  payment_customers: PaymentCustomersTable
  payment_methods: PaymentMethodsTable
}

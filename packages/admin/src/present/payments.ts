import { formatAmount, type Nano } from '@faregate/core'
import type { AutoTopUpRow, PaymentMethodRow, TopUpRefundRow } from '../payment-rows.ts'
import { timeText, timeTextOrNull } from './time.ts'

/** Without what the rail calls it: nobody needs that here. */
export function presentMethod(row: PaymentMethodRow) {
  const { id, organization, rail, kind, label, lastFour, expires, verified, preferred, createdAt } = row
  return { id, organization, rail, kind, label, lastFour, expires, verified, default: preferred, createdAt: timeText(createdAt) }
}

export function presentAutoTopUp(row: AutoTopUpRow, paid: Nano) {
  const { organization, state, code, failedAt, nextAt } = row
  return {
    organization,
    below: formatAmount(row.below),
    amount: formatAmount(row.amount),
    monthlyCeiling: formatAmount(row.ceiling),
    state,
    reason: code,
    failedAt: timeTextOrNull(failedAt),
    nextAt: timeTextOrNull(nextAt),
    paidThisMonth: formatAmount(paid),
  }
}

export function presentRefund({ id, topUp, amount, reason, state, reference, createdAt, endedAt }: TopUpRefundRow) {
  const times = { createdAt: timeText(createdAt), endedAt: timeTextOrNull(endedAt) }
  return { id, topUp, amount: formatAmount(amount), reason, state, reference, ...times }
}

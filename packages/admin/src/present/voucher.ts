import { formatAmount, type Millis } from '@faregate/core'
import type { VoucherRow } from '../voucher-rows.ts'
import { timeText } from './time.ts'

/** Whether a voucher can be redeemed, and if not, why. */
export function stateOfVoucher({ end, expiresAt }: Pick<VoucherRow, 'end' | 'expiresAt'>, now: Millis) {
  if (end !== null) return end.kind
  return expiresAt <= now ? ('expired' as const) : ('open' as const)
}

/** Without the hash: nothing that leads to the code leaves. */
export function presentVoucher(row: VoucherRow, now: Millis) {
  const redeemed = row.end?.kind === 'redeemed' ? row.end : null
  return {
    id: row.id,
    lastFour: row.lastFour,
    amount: formatAmount(row.amount),
    state: stateOfVoucher(row, now),
    expiresAt: timeText(row.expiresAt),
    createdAt: timeText(row.createdAt),
    redeemedAt: redeemed === null ? null : timeText(redeemed.at),
    organization: redeemed?.organization ?? null,
    grant: redeemed?.grant ?? null,
  }
}

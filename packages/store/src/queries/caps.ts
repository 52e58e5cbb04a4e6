import type { Cap } from '@faregate/admin/people-rows'
import type { Period } from '@faregate/ledger/types'

/** A spend cap as its two columns hold it. */
export function capIn(amount: bigint | null, period: string | null): Cap | null {
  return amount === null || period === null ? null : { amount, period: period as Period }
}

export function capColumns(cap: Cap | null): { cap_amount: bigint | null; cap_period: string | null } {
  return { cap_amount: cap?.amount ?? null, cap_period: cap?.period ?? null }
}

import type { Millis, Nano } from '@faregate/core'

/** Credit that whoever holds the code may put on a balance, once. */
export interface VoucherRow {
  id: string
  /** HMAC of the code; the code itself is nowhere. */
  hash: string
  lastFour: string
  amount: Nano
  expiresAt: Millis
  createdAt: Millis
  /** Null while it can still be redeemed, or has merely expired. */
  end: VoucherEnd | null
}

export type VoucherEnd = { kind: 'redeemed'; organization: string; grant: string; at: Millis } | { kind: 'withdrawn'; at: Millis }

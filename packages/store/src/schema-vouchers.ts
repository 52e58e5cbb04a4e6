import type { Int } from './schema.ts'

/** Credit that whoever holds the code may put on a balance, once. */
export interface VouchersTable {
  id: string
  /** HMAC of the code, by the server's secret; unique. */
  hash: string
  last_four: string
  amount: Int
  /** The code is worthless from then on. */
  expires_at: Int
  created_at: Int
}

/** How a voucher ended, once: written with the grant that it became, or by its withdrawal. */
export interface VoucherEndsTable {
  voucher_id: string
  /** `redeemed` or `withdrawn`. */
  kind: string
  /** Who redeemed it, and into which grant; both empty where it was withdrawn. */
  organization_id: string
  grant_id: string
  at: Int
}

import type { Millis, Nano } from '@faregate/core'

/** Credit that is ordered, for somebody to pay. */
export interface TopUpRow {
  id: string
  organization: string
  rail: string
  amount: Nano
  createdAt: Millis
  /** Null until the rail says so. */
  paid: { grant: string; reference: string; at: Millis } | null
}

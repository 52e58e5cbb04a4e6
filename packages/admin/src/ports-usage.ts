import type { Millis, Nano } from '@faregate/core'

export interface ProviderFilter {
  organization?: string | undefined
  provider?: string | undefined
  from: Millis
  to: Millis
}

export type UsageSlot = 'day' | 'hour'

/** What was used at one provider, of one model as it is called there, in one slot of time. */
export interface ProviderTotal {
  /** When the slot begins. */
  at: Millis
  provider: string
  model: string
  calls: number
  /** Calls that used something. */
  used: number
  /** Of these: counted by us, and without a known price of the provider. */
  estimated: number
  unpriced: number
  buckets: Record<string, number>
  /** What the provider is owed; null where that of no call is known. */
  cost: Nano | null
}

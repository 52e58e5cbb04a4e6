import type { LimitWindow, Millis, Nano } from '@faregate/core'
import type { RouteInput, Routes } from '@faregate/contract'

/** What is asked for more of. */
export type Subject = RouteInput<Routes['createLimitRequest']>['body']['subject']

/** A request for a higher limit as it is kept; values are decimal strings. */
export interface LimitRequestRow {
  id: string
  organization: string
  /** Of the team, or of what belongs to it, when it was asked. */
  team: string | null
  /** Names what is asked for more of: at most one is open for each. */
  subject: string
  facts: {
    subject: Subject
    title: string
    unit: string
    per: string | null
    /** When it was asked. */
    current: string
    /** Null: whoever decides chooses. */
    value: string | null
    reason: string
  }
  /** The key, or the management token. */
  askedBy: string
  state: 'open' | 'approved' | 'rejected'
  createdAt: Millis
  decision: LimitDecision | null
}

export interface LimitDecision {
  value: string | null
  reason: string | null
  by: string
  at: Millis
}

/** Whose requests are counted. */
export interface UsageOf {
  organization: string
  key?: string
  application?: string
  team?: string
  member?: string
  user?: string
  tag?: string
}

/** What is counted of them: money by quarters of an hour; units in each window; requests at the same time. */
export type Measure =
  | { of: 'spend' }
  | { of: 'requests' | 'tokens'; per: LimitWindow; by?: 'user' | 'tag' | undefined }
  | { of: 'concurrency'; by?: 'user' | 'tag' | undefined }
  | { of: 'quota'; counts: 'requests' | 'tokens' }

/** How much was used at once: half of the time at most p50. */
export interface Spread {
  p50: bigint
  p99: bigint
  peak: bigint
}

/** What was used in one stretch of time, of one model or API. */
export interface Slot {
  at: Millis
  model: string | null
  api: string | null
  amount: Nano
}

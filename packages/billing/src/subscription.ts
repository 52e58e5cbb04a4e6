import type { LimitTerms, Millis } from '@faregate/core'
import type { Quota } from './plan.ts'

/** Where a subscription stands with whoever has to approve it; `none`: nobody has to. */
export type Approval = 'none' | 'pending' | 'approved' | 'rejected' | 'revoked'

/**
 * What is known of a subscription. Nothing in it changes by the passing of time: how it stands at a time is
 * `standingOf`'s answer.
 */
export interface Subscription {
  id: string
  organization: string
  plan: string
  version: number
  createdAt: Millis
  approval: Approval
  /** Why it was asked for, or the last decision about it. */
  reason: string | null
  /** When the trial began, or would have. */
  startedAt: Millis
  /** Null: there is no trial. */
  trialUntil: Millis | null
  /** From which paid periods are counted. */
  anchor: Millis
  /** Until when it is paid; null: nothing was paid yet. */
  paidUntil: Millis | null
  /** How many periods were paid. Names the next payment, so that it is made once. */
  periods: number
  /** How many changes of plan there were; names the payment of the next. */
  changes: number
  /** Whether a next period begins when one has ended. */
  renews: boolean
  /** When it ends, or ended, because it was cancelled. */
  cancelAt: Millis | null
  pausedAt: Millis | null
  /** What was agreed beside the terms of the plan, until the plan is changed. Absent: nothing. */
  agreed?: Agreed | undefined
}

/** Quotas and limits of one subscription that stand in the place of the plan's. */
export interface Agreed {
  quotas: Pick<Quota, 'counts' | 'models' | 'apis' | 'limit'>[]
  limits: LimitTerms[]
}

import type { Millis } from '@faregate/core'
import type { LimitDecision, LimitRequestRow, Measure, Slot, Spread, UsageOf } from './limit-requests/rows.ts'
import type { NamedCapRow } from './people-rows.ts'
import type { Paging } from './ports.ts'

/** What is asked of caps of single users and tags, and of requests for higher limits. */
export interface LimitQueries {
  namedCaps: {
    get(organization: string, kind: NamedCapRow['kind'], name: string): Promise<NamedCapRow | undefined>
    /** By name, from the last to the first. */
    list(paging: Paging, organization: string, kind: NamedCapRow['kind']): Promise<NamedCapRow[]>
    count(organization: string): Promise<number>
  }
  limitRequests: {
    get(id: string): Promise<LimitRequestRow | undefined>
    /** The one that is open for a subject. */
    open(subject: string): Promise<LimitRequestRow | undefined>
    list(paging: Paging, filter: LimitRequestFilter): Promise<LimitRequestRow[]>
    /** How many of one asker are open, or were made since. */
    recent(askedBy: string, since: Millis): Promise<number>
    /**
     * What was used, by quarters of an hour and models, or how it spreads. Both look at no more than the newest requests of the
     * organization, or of the key; `complete`: these are all.
     */
    slots(of: UsageOf, what: 'cost' | 'requests' | 'tokens', since: Millis): Promise<{ slots: Slot[]; complete: boolean }>
    spread(
      of: UsageOf,
      measure: Extract<Measure, { of: 'requests' | 'tokens' | 'concurrency' }>,
      since: Millis,
    ): Promise<Spread & { complete: boolean }>
  }
}

/** Which requests for higher limits a list has. */
export interface LimitRequestFilter {
  organization: string
  team?: string | undefined
  state?: LimitRequestRow['state'] | undefined
}

/** What can be changed of them, in a transaction. */
export interface LimitChanges {
  putNamedCap(row: NamedCapRow): Promise<void>
  deleteNamedCap(organization: string, kind: NamedCapRow['kind'], name: string): Promise<void>
  /** Keeps every other transaction that opens a request waiting: so many of one asker are never passed. */
  lockLimitRequests(): Promise<void>
  /** Whether none was open for its subject. */
  insertLimitRequest(row: LimitRequestRow): Promise<boolean>
  /** Whether it still was open. */
  decideLimitRequest(id: string, state: 'approved' | 'rejected', decision: LimitDecision): Promise<boolean>
}

import type { Millis, Nano, Stage, ViolationNote } from '@faregate/core'
import type { UsageSlot } from './ports-usage.ts'

export interface ApiUsageFilter {
  api: string
  organization?: string | undefined
  release?: number | undefined
  /** By keys of this stage; absent: of production, or none that is known. */
  stage?: Stage | undefined
  from: Millis
  to: Millis
  /** The time is that of their ends, not of their beginnings: what lasts longer than it would be in none. */
  ended?: true
}

/** Where the time of half, of nine tenths, and of 99 of 100 answers lies; nulls where there are none. */
export interface Latency {
  p50: number | null
  p90: number | null
  p99: number | null
  /** How many it was found from. */
  calls: number
}

/** How an API was called, in all, in one slot of time, or with one release. */
export interface ApiUsageTotal {
  /** When the slot begins, or the release; null: it is of all, or of no release that is known. */
  group: number | null
  calls: number
  statuses: Record<'2xx' | '3xx' | '4xx' | '5xx' | 'other', number>
  refused: number
  /** Answers that began, and broke off: they are of the class in which they began. */
  brokenOff: number
  paymentRequired: number
  latency: Latency
  revenue: Nano
  /** What providers are owed; null where that of no call is known. */
  cost: Nano | null
}

export interface ApiRefusals {
  code: string
  status: number
  calls: number
}

/** Calls that differ from the document of the API in the same way. */
export interface ApiViolations extends ViolationNote {
  calls: number
}

export interface ApiConsumer {
  organization: string | null
  application: string | null
  key: string | null
  calls: number
  revenue: Nano
}

/** What is asked of the calls of one API; those of its mock are not among them. */
export interface ApiUsageQueries {
  /** Of all together where there is no group, in the order of the groups. */
  totals(filter: ApiUsageFilter, group?: UsageSlot | 'release'): Promise<ApiUsageTotal[]>
  /** Most first. */
  refusals(filter: ApiUsageFilter): Promise<ApiRefusals[]>
  /** Most first, and not more kinds than the store counts. */
  violations(filter: ApiUsageFilter, limit: number): Promise<ApiViolations[]>
  /** By key, most calls first. */
  consumers(filter: ApiUsageFilter, limit: number): Promise<ApiConsumer[]>
}

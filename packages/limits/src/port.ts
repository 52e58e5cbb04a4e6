import type { LimitRule, LimitTerms } from '@faregate/core'

/** What a request asks of one limit. */
export interface Demand {
  rule: LimitRule
  /** What it is counted under; the same on every replica. */
  bucket: string
  /** Those of the rule, or this replica's share of them. */
  terms: LimitTerms
  /** Requests or tokens; whole. At the end of the request: what is given back, below zero what is taken on top. */
  cost: number
  /** One of a great many, as callers name them: forgotten before others where memory is short. */
  partitioned: boolean
}

/** The decision on a request, and what each of its limits has left after it, in the order of the demands. */
export interface Counted {
  admitted: boolean
  /** Of a rate: millionths of a unit, below zero in debt. Of a concurrency: free places, below zero where it was lowered. */
  left: number[]
}

/** Where limits are counted: in the process, or in Redis for all replicas. Each method decides in one step. */
export interface LimitCounters {
  /** Takes from every limit, or from none. `lease` names the request until it ends. Rejects where the counters cannot be reached. */
  take(lease: string, demands: readonly Demand[]): Counted | Promise<Counted>
  /** What {@link take} would say, without effect. */
  peek(demands: readonly Demand[]): Counted | Promise<Counted>
  /** The request has ended: frees its places, and corrects what was taken from rates. */
  end(lease: string, demands: readonly Demand[]): void | Promise<void>
}

/** Counters that outlive this process: what it counts as running must be renewed, and is freed where that stops. */
export interface SharedCounters extends LimitCounters {
  /** Says that requests are still running; answers how many run under the first of the buckets. */
  renew(lease: string, buckets: readonly string[]): Promise<number>
}

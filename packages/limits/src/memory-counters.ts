import { Recent, type Clock, type RateTerms } from '@faregate/core'
import { capacityOf, levelAt, MILLION, neededOf, tickAt, type Level } from './bucket.ts'
import type { Counted, Demand, LimitCounters } from './port.ts'

/** Buckets of keys, applications and organizations, and beside them of their users and tags: neither crowds the other out. */
const MOST_BUCKETS = 100_000

/** Counts in this process alone. What has not been used for long is forgotten, which fills its bucket. */
export class MemoryCounters implements LimitCounters {
  readonly #clock: Clock
  readonly #own: Recent<Level>
  readonly #partitioned: Recent<Level>
  /** Requests that run, by bucket; those that run cannot be forgotten, and are as many as there are. */
  readonly #running = new Map<string, number>()

  constructor(clock: Clock, most = MOST_BUCKETS) {
    this.#clock = clock
    this.#own = new Recent(most)
    this.#partitioned = new Recent(most)
  }

  /** Buckets and counts in memory. */
  get size(): number {
    return this.#own.size + this.#partitioned.size + this.#running.size
  }

  take(_lease: string, demands: readonly Demand[]): Counted {
    const counted = this.peek(demands)
    if (!counted.admitted) return counted
    for (const [index, demand] of demands.entries()) counted.left[index] = this.#charge(demand)
    return counted
  }

  peek(demands: readonly Demand[]): Counted {
    const left: number[] = []
    let admitted = true
    for (const { bucket, terms, cost, partitioned } of demands) {
      const found =
        terms.kind === 'concurrency'
          ? terms.amount - (this.#running.get(bucket) ?? 0)
          : this.#levelOf(bucket, terms, partitioned, tickAt(terms.per, this.#clock.now()))
      left.push(found)
      admitted &&= terms.kind === 'concurrency' ? found > 0 : found >= neededOf(terms, cost)
    }
    return { admitted, left }
  }

  end(_lease: string, demands: readonly Demand[]): void {
    for (const demand of demands) {
      if (demand.terms.kind === 'concurrency') this.#free(demand.bucket)
      else if (demand.cost !== 0) this.#move(demand, demand.terms, demand.cost)
    }
  }

  /** Takes what was found to be there; answers what is left. */
  #charge(demand: Demand): number {
    const { bucket, terms, cost } = demand
    if (terms.kind !== 'concurrency') return this.#move(demand, terms, -cost)
    const running = (this.#running.get(bucket) ?? 0) + 1
    this.#running.set(bucket, running)
    return terms.amount - running
  }

  #free(bucket: string): void {
    const running = (this.#running.get(bucket) ?? 0) - 1
    if (running > 0) this.#running.set(bucket, running)
    else this.#running.delete(bucket)
  }

  #move({ bucket, partitioned }: Demand, terms: RateTerms, units: number): number {
    const tick = tickAt(terms.per, this.#clock.now())
    const level = Math.min(capacityOf(terms), this.#levelOf(bucket, terms, partitioned, tick) + units * MILLION)
    const buckets = partitioned ? this.#partitioned : this.#own
    const kept = buckets.get(bucket)
    if (kept === undefined) buckets.set(bucket, { level, tick })
    else {
      kept.level = level
      kept.tick = tick
    }
    return level
  }

  #levelOf(bucket: string, terms: RateTerms, partitioned: boolean, tick: number): number {
    const kept = (partitioned ? this.#partitioned : this.#own).get(bucket)
    if (kept === undefined) return capacityOf(terms)
    // A clock that went back: from here on it flows in again.
    if (tick < kept.tick) kept.tick = tick
    return levelAt(kept, terms, tick)
  }
}

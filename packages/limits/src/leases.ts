import type { Demand } from './port.ts'

/** Requests of this process that hold places in shared counters, and under which buckets. */
export class Leases {
  readonly #buckets = new Map<string, string[]>()

  add(lease: string, demands: readonly Demand[]): void {
    const buckets = demands.filter(({ terms }) => terms.kind === 'concurrency').map(({ bucket }) => bucket)
    if (buckets.length > 0) this.#buckets.set(lease, buckets)
  }

  remove(lease: string): void {
    this.#buckets.delete(lease)
  }

  entries(): [lease: string, buckets: string[]][] {
    return [...this.#buckets]
  }
}

import type { Kept } from './policy.ts'
import type { ResponseStore } from './store.ts'

/** So many URLs are remembered of which nothing may be kept: nobody waits for what another call of them gets. */
const MOST_UNKEPT = 1_000

/** What is kept of one release of one API. */
export class ResponseCache {
  readonly store: ResponseStore
  /** What a call costs that it answers, as a part of the price. */
  readonly priceFactor: string
  readonly #scope: string
  /** Calls whose answers others wait for. */
  readonly #flights = new Map<string, Promise<void>>()
  readonly #unkept = new Set<string>()

  constructor(store: ResponseStore, priceFactor = '1') {
    this.store = store
    this.priceFactor = priceFactor
    this.#scope = store.scope()
  }

  find(url: string): readonly Kept[] {
    return this.store.find(this.#scope + url)
  }

  put(url: string, kept: Kept, instead: (other: Kept) => boolean): void {
    this.#unkept.delete(url)
    this.store.put(this.#scope + url, kept, instead)
  }

  drop(url: string): void {
    this.store.drop(this.#scope + url)
  }

  /** The same call on its way; undefined: there is none, or it helps nobody. */
  flight(url: string): Promise<void> | undefined {
    return this.#flights.get(url)
  }

  /** Has others wait for what this call gets, until it is told that they need not. */
  lead(url: string): (() => void) | undefined {
    if (this.#unkept.has(url) || this.#flights.has(url)) return undefined
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#flights.set(url, promise)
    return () => {
      if (this.#flights.get(url) === promise) this.#flights.delete(url)
      resolve()
    }
  }

  /** Nothing may be kept of its answer. */
  unkept(url: string): void {
    this.#unkept.add(url)
    if (this.#unkept.size <= MOST_UNKEPT) return
    for (const oldest of this.#unkept) return void this.#unkept.delete(oldest)
  }
}

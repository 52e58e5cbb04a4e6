import type { Entry } from '@faregate/ledger/working-set'

const REMEMBERED = 5_000

/**
 * Holds of requests that are not settled, as this process has committed them. Entries never change, so that reading
 * these again tells nothing new; on SQLite, where nobody else writes to the file, a request that is here has no others.
 * (Balances are never kept.)
 */
export class OpenRequests {
  readonly #requests = new Map<string, Entry[]>()

  /** Every entry of a request, if it is known here. */
  entriesOf(request: string): readonly Entry[] | undefined {
    return this.#requests.get(request)
  }

  /** Takes note of what was committed. `fresh` are requests that had no entry before. */
  committed(entries: readonly Entry[], fresh: ReadonlySet<string>): void {
    for (const entry of entries) {
      if (entry.request === null) continue
      if (entry.kind === 'hold') this.#add(entry, entry.request, fresh)
      else this.#requests.delete(entry.request)
    }
  }

  clear(): void {
    this.#requests.clear()
  }

  #add(entry: Entry, request: string, fresh: ReadonlySet<string>): void {
    const known = this.#requests.get(request)
    if (known !== undefined) known.push(entry)
    else if (fresh.has(request)) this.#requests.set(request, [entry])
    if (this.#requests.size <= REMEMBERED) return
    for (const oldest of this.#requests.keys()) {
      this.#requests.delete(oldest)
      break
    }
  }
}

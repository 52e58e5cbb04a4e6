import type { Clock } from '@faregate/core'
import type { KeyDirectory, KeyEntry } from './key-entry.ts'

const MOST_KEYS = 10_000
const MOST_UNKNOWN = 10_000
/** A key that did not exist may be made a moment later, by another process. Milliseconds. */
const UNKNOWN_FOR_MS = 1_000

/**
 * Remembers what the directory said of a presented key for as long as a configuration version lasts, so that a
 * request costs no HMAC and no query. Keys that do not exist are remembered briefly: a flood of them does not reach
 * the database. Both are bounded; the oldest go first.
 */
export class VerifiedKeys {
  readonly #directory: KeyDirectory
  readonly #clock: Clock
  #known = new Map<string, KeyEntry>()
  #unknown = new Map<string, number>()
  /** Questions that are out: a burst of requests with one key asks the directory once. */
  #asked = new Map<string, Promise<KeyEntry | undefined>>()
  #version = 0

  constructor(directory: KeyDirectory, clock: Clock) {
    this.#directory = directory
    this.#clock = clock
  }

  /** The entry, if this very text was found before: then its shape need not be checked again. */
  remembered(presented: string): KeyEntry | undefined {
    return this.#known.get(presented)
  }

  /** The entry at once where it is remembered, else a promise; rejects where the database does not answer. */
  find(presented: string): KeyEntry | undefined | Promise<KeyEntry | undefined> {
    const known = this.#known.get(presented)
    if (known !== undefined) return known
    const until = this.#unknown.get(presented)
    if (until !== undefined && until > this.#clock.now()) return undefined
    const asked = this.#asked.get(presented)
    if (asked !== undefined) return asked
    const answer = this.#look(presented)
    this.#asked.set(presented, answer)
    return answer
  }

  /** Forgets everything; called when the configuration's version changes. */
  forget(): void {
    this.#known = new Map()
    this.#unknown = new Map()
    this.#asked = new Map()
    this.#version += 1
  }

  async #look(presented: string): Promise<KeyEntry | undefined> {
    const version = this.#version
    const asked = this.#asked
    let entry: KeyEntry | undefined
    try {
      entry = await this.#directory.find(presented)
    } finally {
      asked.delete(presented)
    }
    // What was read before a change must not outlive it.
    if (version !== this.#version) return entry
    if (entry !== undefined) remember(this.#known, presented, entry, MOST_KEYS)
    else remember(this.#unknown, presented, this.#clock.now() + UNKNOWN_FOR_MS, MOST_UNKNOWN)
    return entry
  }
}

function remember<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= most) return
  const oldest = map.keys().next()
  if (!oldest.done) map.delete(oldest.value)
}

import { policiesAt, type Kept, type Policies } from './policy.ts'

/** What an answer takes beside its bytes, about. */
const OVERHEAD_BYTES = 1024

/** Answers of every API, in memory, up to so many bytes: what was not used for the longest time goes first. */
export class ResponseStore {
  readonly policies: Policies
  readonly #most: number
  /** The least recently used first; all that was kept for one URL. */
  readonly #kept = new Map<string, readonly Kept[]>()
  #bytes = 0
  #scopes = 0

  constructor(mostBytes: number, now: () => number) {
    this.#most = mostBytes
    this.policies = policiesAt(now)
  }

  get bytes(): number {
    return this.#bytes
  }

  /** A name that no other release has had: what one stored no other serves. */
  scope(): string {
    return `${++this.#scopes} `
  }

  find(key: string): readonly Kept[] {
    const found = this.#kept.get(key)
    if (found === undefined) return []
    this.#kept.delete(key)
    this.#kept.set(key, found)
    return found
  }

  /** Keeps one in the place of others. */
  put(key: string, kept: Kept, instead: (other: Kept) => boolean): void {
    const others = this.find(key).filter((other) => !instead(other))
    this.drop(key)
    const all = [...others, kept]
    this.#kept.set(key, all)
    this.#bytes += sizeOf(key, all)
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#most) return
      this.drop(oldest)
    }
  }

  drop(key: string): void {
    this.#bytes -= sizeOf(key, this.#kept.get(key) ?? [])
    this.#kept.delete(key)
  }
}

function sizeOf(key: string, all: readonly Kept[]): number {
  let bytes = 0
  for (const { headers, body } of all) {
    bytes += OVERHEAD_BYTES + 2 * key.length + body.length
    for (const [name, value] of Object.entries(headers)) bytes += 2 * (name.length + value.length)
  }
  return bytes
}

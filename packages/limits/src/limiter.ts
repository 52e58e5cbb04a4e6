import type { Clock } from '@faregate/core'
import { Leases } from './leases.ts'
import { MemoryCounters } from './memory-counters.ts'
import type { Counted, Demand, LimitCounters, SharedCounters } from './port.ts'
import { shareOf, standingsOf, type Standing } from './standing.ts'

/** An answer that takes longer is none: the request is decided here. */
const ANSWER_MS = 1_000
/** How often a lost Redis is looked for, and how often this replica says what still runs. Leases last several times as long. */
const LOOK_MS = 500
const BEAT_MS = 5_000
/** Under this the replicas count each other. */
const REPLICAS = 'replicas'

/** The decision on a request, and how it stands with each of its limits. */
export interface Admission {
  admitted: boolean
  standings: Standing[]
  /** The request has ended, having used so many tokens. Once; does nothing where it was not admitted. */
  end: (tokens: number) => void
  /** The request is not served under these limits after all: gives everything back. Once; does nothing after {@link end}. */
  undo: () => void
}

export interface LimiterState {
  /** `alone`: limits are counted in this process. `lost`: the shared counters do not answer, and this replica keeps to its share. */
  counting: 'alone' | 'shared' | 'lost'
  /** How many replicas share the limits, as far as was seen last. */
  replicas: number
  /** Why the counters are lost. */
  cause?: string
}

export interface LimiterOptions {
  clock: Clock
  /** Absent: this process is alone. */
  shared?: SharedCounters
  /** Names this process among the replicas. */
  instance?: string
  /** The state has changed. */
  onChange?: (state: LimiterState) => void
}

/**
 * Decides on requests by the counters that all replicas share, and, while these do not answer, by a share of each limit
 * in its own memory. Comes back by itself.
 */
export class Limiter {
  readonly #own: MemoryCounters
  readonly #shared: SharedCounters | undefined
  readonly #instance: string
  readonly #onChange: (state: LimiterState) => void
  readonly #leases = new Leases()
  #state: LimiterState
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor({ clock, shared, instance = '', onChange = () => undefined }: LimiterOptions) {
    this.#own = new MemoryCounters(clock)
    this.#shared = shared
    this.#instance = instance
    this.#onChange = onChange
    this.#state = { counting: shared === undefined ? 'alone' : 'lost', replicas: 1 }
  }

  get state(): LimiterState {
    return this.#state
  }

  /** Looks for the shared counters, and goes on looking after them; resolves after the first look. */
  async start(): Promise<void> {
    if (this.#shared === undefined || this.#closed) return
    await this.#beat(this.#shared)
    this.#lookAgain(this.#state.counting === 'lost' ? LOOK_MS : BEAT_MS)
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  /** Takes from every limit, or from none. */
  take(lease: string, demands: readonly Demand[]): Admission | Promise<Admission> {
    if (this.#shared === undefined || this.#state.counting !== 'shared' || demands.length === 0)
      return this.#takeOwn(lease, this.#shares(demands))
    return this.#takeShared(this.#shared, lease, demands)
  }

  /** How a request would stand, without effect. */
  async peek(demands: readonly Demand[]): Promise<{ admitted: boolean; standings: Standing[] }> {
    const shared = this.#shared
    if (shared !== undefined && this.#state.counting === 'shared') {
      const counted = await this.#answerOf(() => shared.peek(demands))
      if (counted !== undefined) return { admitted: counted.admitted, standings: standingsOf(demands, counted) }
    }
    const own = this.#shares(demands)
    const counted = this.#own.peek(own)
    return { admitted: counted.admitted, standings: standingsOf(own, counted) }
  }

  async #takeShared(shared: SharedCounters, lease: string, demands: readonly Demand[]): Promise<Admission> {
    const counted = await this.#answerOf(() => shared.take(lease, demands))
    if (counted === undefined) return this.#takeOwn(lease, this.#shares(demands))
    if (counted.admitted) this.#leases.add(lease, demands)
    return this.#admission(shared, lease, demands, counted)
  }

  #takeOwn(lease: string, demands: readonly Demand[]): Admission {
    return this.#admission(this.#own, lease, demands, this.#own.take(lease, demands))
  }

  #admission(counters: LimitCounters, lease: string, demands: readonly Demand[], counted: Counted): Admission {
    let open = counted.admitted
    const give = (back: readonly Demand[]): void => {
      if (open) this.#give(counters, lease, back)
      open = false
    }
    return {
      admitted: counted.admitted,
      standings: standingsOf(demands, counted),
      end: (tokens) => give(demands.map((demand) => ended(demand, tokens))),
      undo: () => give(demands),
    }
  }

  /** Frees the places of a request, and puts back what is owed of rates. */
  #give(counters: LimitCounters, lease: string, back: readonly Demand[]): void {
    this.#leases.remove(lease)
    const owed = back.filter(({ terms, cost }) => terms.kind === 'concurrency' || cost !== 0)
    if (owed.length === 0) return
    if (counters === this.#own) this.#own.end(lease, owed)
    // Where this does not arrive, the lease is not renewed and runs out.
    else void this.#answerOf(() => counters.end(lease, owed))
  }

  #shares(demands: readonly Demand[]): readonly Demand[] {
    const { replicas } = this.#state
    return replicas <= 1 ? demands : demands.map((demand) => ({ ...demand, terms: shareOf(demand.terms, replicas) }))
  }

  /** Says what still runs here and counts the replicas. */
  async #beat(shared: SharedCounters): Promise<void> {
    const replicas = await this.#answerOf(() => shared.renew(this.#instance, [REPLICAS]))
    if (replicas === undefined) return
    if (this.#state.counting !== 'shared' || this.#state.replicas !== replicas) this.#become({ counting: 'shared', replicas })
    await this.#answerOf(() => Promise.all(this.#leases.entries().map(([lease, buckets]) => shared.renew(lease, buckets))))
  }

  /** The answer of the shared counters; undefined where there is none in time, which loses them. */
  async #answerOf<Answer>(ask: () => Answer | Promise<Answer>): Promise<Answer | undefined> {
    const { promise: late, reject } = Promise.withResolvers<never>()
    // Where this process was held up itself, the answer is there already and is read first.
    const timer = setTimeout(() => setImmediate(() => reject(new Error(`no answer within ${ANSWER_MS} ms`))), ANSWER_MS)
    try {
      return await Promise.race([ask(), late])
    } catch (error) {
      this.#lose(error)
      return undefined
    } finally {
      clearTimeout(timer)
    }
  }

  #lose(error: unknown): void {
    // What is cut off by closing is nothing to tell.
    if (this.#closed) return
    const cause = error instanceof Error ? error.message : String(error)
    if (this.#state.counting === 'lost' && this.#state.cause !== undefined) return
    this.#become({ counting: 'lost', replicas: this.#state.replicas, cause })
    this.#lookAgain(LOOK_MS)
  }

  #lookAgain(afterMs: number): void {
    clearTimeout(this.#timer)
    if (!this.#closed) this.#timer = setTimeout(() => void this.start(), afterMs).unref()
  }

  #become(state: LimiterState): void {
    this.#state = state
    this.#onChange(state)
  }
}

/** What a request took by its bound is corrected by what it used; a request that was let through stays counted as one. */
function ended(demand: Demand, tokens: number): Demand {
  return { ...demand, cost: demand.terms.kind === 'tokens' ? demand.cost - tokens : 0 }
}

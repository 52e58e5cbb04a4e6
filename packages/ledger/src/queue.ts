import { LedgerUnavailable, type BatchItem, type Ledger, type LedgerEngine, type SubmitOptions } from './port.ts'
import { processTimers, type Timers } from './timers.ts'
import type { Operation, Outcome, SettleOp } from './types.ts'

export interface QueueOptions {
  /** How long a caller waits before it is told that the ledger is unavailable (default 5,000). */
  timeoutMs?: number
  /** Operations in one transaction, at most (default 1,000; 128 for an engine that takes two batches). */
  maxBatch?: number
  /** The pause after the database did not answer; it doubles up to a second (default 20). */
  retryMs?: number
  /** Milliseconds that never go back (default: the process's own). */
  now?: () => number
  /** Those that wait and look for the late (default: the process's own). */
  timers?: Timers
  /** Told of every failed batch, for the operator's log. */
  onFailure?: (error: unknown) => void
}

/** An operation on its way. Without `answer`, nobody waits for it: it is sent until the database decides it. */
interface Item {
  batch: BatchItem
  /** Its place in the order of arrival. */
  place: number
  deadline: number
  answer: { resolve(outcome: Outcome): void; reject(error: LedgerUnavailable): void } | undefined
  /** It was sent before, and whether it was decided is not known. */
  sent: boolean
  /** Its caller has been told that the ledger is unavailable. */
  givenUp: boolean
}

/** Memo of a void whose hold nobody waits for any more. */
const ABANDONED = '{"abandoned":true}'

const MAX_RETRY_MS = 1_000

/** Operations of a batch for an engine that takes the next one before it has answered the last. */
const PIPELINED_BATCH = 128
/** Fewer do not go ahead of their turn: a transaction costs as much as some twenty operations. */
const WORTH_A_BATCH = 32

/**
 * Group commit (M17): a batch starts when the writer is free and something waits; operations are decided in order of
 * arrival. One batch is in flight, and where the engine has a queue of its own a second one stands at its door. No
 * timer decides when; the only one looks for callers who have waited too long.
 */
export class CommitQueue implements Ledger {
  readonly #engine: LedgerEngine
  readonly #timeoutMs: number
  readonly #maxBatch: number
  readonly #retryMs: number
  readonly #now: () => number
  readonly #timers: Timers
  readonly #onFailure: (error: unknown) => void
  readonly #inFlight = new Set<Item[]>()
  #waiting: Item[] = []
  #arrived = 0
  /** Resolves when nothing waits and nothing is in flight. */
  #busy: PromiseWithResolvers<void> | undefined
  #starting = false
  /** The database did not answer; until it has been given time, nothing is sent. */
  #pausing = false
  #pause: number
  #closed = false
  #stopSweeping: (() => void) | undefined

  constructor(engine: LedgerEngine, options: QueueOptions = {}) {
    this.#engine = engine
    this.#timeoutMs = options.timeoutMs ?? 5_000
    this.#maxBatch = options.maxBatch ?? ((engine.depth ?? 1) > 1 ? PIPELINED_BATCH : 1_000)
    this.#retryMs = options.retryMs ?? 20
    this.#pause = this.#retryMs
    this.#now = options.now ?? (() => performance.now())
    this.#timers = options.timers ?? processTimers
    this.#onFailure = options.onFailure ?? (() => {})
  }

  get depth(): number {
    let depth = this.#waiting.length
    for (const items of this.#inFlight) depth += items.length
    return depth
  }

  submit(operation: Operation, options?: SubmitOptions): Promise<Outcome> {
    if (this.#closed) return Promise.reject(new LedgerUnavailable('the ledger is closed'))
    return new Promise((resolve, reject) => {
      const batch = options?.attach === undefined ? { operation } : { operation, attach: options.attach }
      const deadline = this.#now() + (options?.timeoutMs ?? this.#timeoutMs)
      this.#enqueue(batch, deadline, { resolve, reject })
    })
  }

  /** Takes no more, and resolves when what waits is decided, or given up after the time it had. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#busy?.promise
    this.#stopSweeping?.()
  }

  #enqueue(batch: BatchItem, deadline: number, answer: Item['answer']): void {
    this.#waiting.push({ batch, place: this.#arrived++, deadline, answer, sent: false, givenUp: false })
    this.#stopSweeping ??= this.#timers.every(Math.min(250, Math.max(5, this.#timeoutMs / 10)), () => this.#sweep())
    this.#busy ??= Promise.withResolvers<void>()
    if (this.#starting) return
    this.#starting = true
    // What is submitted in the same turn goes into the same batch.
    queueMicrotask(() => {
      this.#starting = false
      this.#start()
    })
  }

  /** Sends what may be sent; says so when there is nothing left to do. */
  #start(): void {
    if (this.#pausing) return
    while (this.#mayStart()) {
      const items = this.#waiting.splice(0, this.#maxBatch)
      this.#inFlight.add(items)
      void this.#send(items)
    }
    if (this.#inFlight.size === 0) this.#rest()
  }

  #mayStart(): boolean {
    if (this.#inFlight.size === 0) return this.#waiting.length > 0
    return this.#inFlight.size < (this.#engine.depth ?? 1) && this.#waiting.length >= WORTH_A_BATCH
  }

  #rest(): void {
    this.#stopSweeping?.()
    this.#stopSweeping = undefined
    this.#busy?.resolve()
    this.#busy = undefined
  }

  async #send(items: Item[]): Promise<void> {
    const undecided = await this.#commit(items)
    this.#inFlight.delete(items)
    if (undecided.length > 0) return this.#later(undecided)
    this.#pause = this.#retryMs
    this.#start()
  }

  /** Sends again what was not decided, after a pause that grows. */
  async #later(undecided: Item[]): Promise<void> {
    this.#sendAgain(undecided)
    if (this.#pausing) return
    if (this.#closed && this.#inFlight.size === 0 && this.#waiting.every((item) => item.answer === undefined)) return this.#rest()
    this.#pausing = true
    await this.#timers.after(this.#pause)
    this.#pausing = false
    this.#pause = Math.min(this.#pause * 2, MAX_RETRY_MS)
    this.#start()
  }

  /** Returns what the database did not decide, in order. */
  async #commit(items: Item[]): Promise<Item[]> {
    try {
      const outcomes = await this.#engine.commit(items.map((item) => item.batch))
      items.forEach((item, index) => this.#decided(item, outcomes[index]))
      return []
    } catch (error) {
      this.#onFailure(error)
      if (error instanceof LedgerUnavailable) return items
      return items.length === 1 ? this.#refuse(items, error) : this.#oneByOne(items)
    }
  }

  /** One operation that the database cannot take must not keep the others from being decided. */
  async #oneByOne(items: Item[]): Promise<Item[]> {
    for (const [index, item] of items.entries()) {
      const undecided = await this.#commit([item])
      if (undecided.length > 0) return items.slice(index)
    }
    return []
  }

  #refuse(items: Item[], error: unknown): Item[] {
    for (const item of items) this.#giveUp(item, 'the database refused the operation', error)
    return []
  }

  #decided(item: Item, outcome: Outcome | undefined): void {
    if (outcome === undefined) {
      this.#giveUp(item, 'the engine returned no outcome')
      return
    }
    if (item.givenUp && (outcome.status === 'ok' || outcome.status === 'exists')) this.#voidHold(item.batch.operation)
    const ours = item.sent && outcome.status === 'exists'
    item.answer?.resolve(ours ? { ...outcome, status: 'ok' } : outcome)
  }

  /** The same ids again, before what came later; what nobody waits for any more is not sent. */
  #sendAgain(undecided: Item[]): void {
    const again: Item[] = []
    for (const item of undecided) {
      item.sent = true
      if (item.givenUp) this.#voidHold(item.batch.operation)
      else again.push(item)
    }
    this.#waiting = [...again, ...this.#waiting].toSorted((a, b) => a.place - b.place)
  }

  #sweep(): void {
    const now = this.#now()
    const isLate = (item: Item): boolean => item.deadline <= now && !item.givenUp
    for (const items of this.#inFlight) {
      for (const item of items) if (isLate(item)) this.#tell(item, 'the database did not answer in time')
    }
    const late = this.#waiting.filter(isLate)
    if (late.length === 0) return
    this.#waiting = this.#waiting.filter((item) => !isLate(item))
    for (const item of late) this.#giveUp(item, 'the database did not answer in time')
  }

  /** Ends an operation that is not in flight. A hold that was sent may have been taken. */
  #giveUp(item: Item, message: string, cause?: unknown): void {
    this.#tell(item, message, cause)
    if (item.sent || cause !== undefined) this.#voidHold(item.batch.operation)
  }

  #tell(item: Item, message: string, cause?: unknown): void {
    item.givenUp = true
    item.answer?.reject(new LedgerUnavailable(message, { cause }))
  }

  /**
   * A hold whose caller has gone away with a refusal is voided by the next batch. A later slice is left to the
   * settle of its request, which looks for one slice more than its caller knows of.
   */
  #voidHold(operation: Operation): void {
    if (operation.type !== 'hold' || operation.slice > 0) return
    const { request, instance } = operation
    const settle: SettleOp = { type: 'settle', request, slices: 1, cost: 0n, instance, memo: ABANDONED }
    this.#enqueue({ operation: settle }, Number.POSITIVE_INFINITY, undefined)
  }
}

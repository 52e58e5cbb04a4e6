import type { BatchItem } from '@faregate/ledger/port'
import type { Outcome } from '@faregate/ledger/types'

/** Of so many settled requests a record can still be awaited; of more, those that were settled first write none. */
const MOST_UNRECORDED = 100_000

interface Unsettled {
  seq: bigint
  /** The record came before the settle was confirmed. */
  recorded: boolean
}

/**
 * Which requests of this process are unresolved or unrecorded, and so where recovery has to begin reading if
 * this process is killed (M23).
 */
export class InstanceLog {
  readonly #most: number
  readonly #unsettled = new Map<string, Unsettled>()
  /** By request: the sequence number of its first hold. In the order in which they were settled. */
  readonly #unrecorded = new Map<string, bigint>()
  #lastSeq = 0n

  constructor(most = MOST_UNRECORDED) {
    this.#most = most
  }

  /** Requests that are open. */
  get size(): number {
    return this.#unsettled.size + this.#unrecorded.size
  }

  /** Takes note of a batch that was committed. */
  committed(items: readonly BatchItem[], outcomes: readonly Outcome[]): void {
    for (const [index, { operation }] of items.entries()) {
      const outcome = outcomes[index]
      if (outcome === undefined) continue
      const seq = 'seq' in outcome ? outcome.seq : undefined
      if (seq !== undefined && seq > this.#lastSeq) this.#lastSeq = seq
      if (operation.type === 'settle') this.#settled(operation.request)
      else if (operation.type === 'hold' && seq !== undefined && isDone(outcome)) this.#held(operation.request, seq)
    }
  }

  /** The request is recorded, or its record was dropped. */
  recorded(request: string): void {
    if (this.#unrecorded.delete(request)) return
    const unsettled = this.#unsettled.get(request)
    if (unsettled !== undefined) unsettled.recorded = true
  }

  closed(request: string): void {
    this.#unsettled.delete(request)
    this.#unrecorded.delete(request)
  }

  /**
   * No entry of an open request has a lower sequence number. What a batch in flight will write lies above every
   * number that was seen before, so that the mark holds for it, too.
   */
  lowWater(): bigint {
    let lowest = this.#lastSeq + 1n
    for (const { seq } of this.#unsettled.values()) if (seq < lowest) lowest = seq
    for (const seq of this.#unrecorded.values()) if (seq < lowest) lowest = seq
    return lowest
  }

  #held(request: string, seq: bigint): void {
    if (!this.#unsettled.has(request) && !this.#unrecorded.has(request)) this.#unsettled.set(request, { seq, recorded: false })
  }

  #settled(request: string): void {
    const unsettled = this.#unsettled.get(request)
    if (unsettled === undefined) return
    this.#unsettled.delete(request)
    if (unsettled.recorded) return
    this.#unrecorded.set(request, unsettled.seq)
    if (this.#unrecorded.size <= this.#most) return
    for (const first of this.#unrecorded.keys()) return void this.#unrecorded.delete(first)
  }
}

function isDone(outcome: Outcome): boolean {
  return outcome.status === 'ok' || outcome.status === 'exists'
}

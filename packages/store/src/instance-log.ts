import type { BatchItem } from '@faregate/ledger/port'
import type { Outcome } from '@faregate/ledger/types'

/** A settled request whose record has not come after this long writes none. */
const RECORD_WAIT_MS = 60_000

interface OpenRequest {
  seq: bigint
  settledAt: number | null
  recorded: boolean
}

/**
 * Which requests of this process are unresolved or unrecorded, and so where recovery has to begin reading if
 * this process is killed (M23).
 */
export class InstanceLog {
  readonly #open = new Map<string, OpenRequest>()
  #lastSeq = 0n

  /** Requests that are open. */
  get size(): number {
    return this.#open.size
  }

  /** Takes note of a batch that was committed. */
  committed(items: readonly BatchItem[], outcomes: readonly Outcome[], now: number): void {
    for (const [index, { operation }] of items.entries()) {
      const outcome = outcomes[index]
      if (outcome === undefined) continue
      const seq = 'seq' in outcome ? outcome.seq : undefined
      if (seq !== undefined && seq > this.#lastSeq) this.#lastSeq = seq
      if (operation.type === 'settle') this.#settled(operation.request, now)
      else if (operation.type === 'hold' && seq !== undefined && isDone(outcome)) this.#held(operation.request, seq)
    }
  }

  /** The request is recorded, or its record was dropped. */
  recorded(request: string): void {
    const open = this.#open.get(request)
    if (open === undefined) return
    if (open.settledAt === null) open.recorded = true
    else this.#open.delete(request)
  }

  closed(request: string): void {
    this.#open.delete(request)
  }

  /**
   * No entry of an open request has a lower sequence number. What a batch in flight will write lies above every
   * number that was seen before, so that the mark holds for it, too.
   */
  lowWater(now: number): bigint {
    let lowest = this.#lastSeq + 1n
    for (const [request, open] of this.#open) {
      if (open.settledAt !== null && now - open.settledAt > RECORD_WAIT_MS) this.#open.delete(request)
      else if (open.seq < lowest) lowest = open.seq
    }
    return lowest
  }

  #held(request: string, seq: bigint): void {
    if (!this.#open.has(request)) this.#open.set(request, { seq, settledAt: null, recorded: false })
  }

  #settled(request: string, now: number): void {
    const open = this.#open.get(request)
    if (open === undefined) return
    if (open.recorded) this.#open.delete(request)
    else open.settledAt = now
  }
}

function isDone(outcome: Outcome): boolean {
  return outcome.status === 'ok' || outcome.status === 'exists'
}

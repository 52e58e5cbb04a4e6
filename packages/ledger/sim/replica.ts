import { LedgerUnavailable, type BatchItem, type Ledger } from '../src/port.ts'
import { CommitQueue } from '../src/queue.ts'
import type { Operation, Outcome } from '../src/types.ts'
import type { Exchange } from './auditor/exchanges.ts'
import type { RecordRow } from './auditor/shapes.ts'
import type { Begun, Database, Member } from './database.ts'
import type { Prng } from './prng.ts'
import type { Process } from './process.ts'
import type { Plan } from './request/plan.ts'
import { serve } from './request/serve.ts'
import type { Host } from './request/serving.ts'
import { Unsettled } from './request/unsettled.ts'

/** The step in which a batch takes its locks, decides and commits. */
export const COMMITS = 'commits a batch'
const HEARTBEAT_MS = 5_000
const WATCH_MS = 2_000

export interface ReplicaNeeds {
  database: Database
  random: Prng
  /** What becomes of this transaction; asked before it begins and after it is committed. */
  fault(when: 'before' | 'locked' | 'after'): 'none' | 'lost' | 'refused' | 'orphaned'
  /** Told of every operation whose outcome its caller has learnt. */
  learnt(operation: Operation, outcome: Outcome): void
  /** A mistake in the simulation itself, or an error that nobody expects. */
  broke(error: unknown): void
  /** The ledger as requests see it: the queue itself, unless a test plants a mistake. */
  ledger(queue: Ledger): Ledger
}

/** One process of the gateway: a commit queue in front of its database, its pulses, and the requests that it serves. */
export class Replica implements Host {
  readonly process: Process
  readonly random: Prng
  readonly ledger: Ledger
  readonly unsettled: Unsettled
  /** Requests that are being served. */
  readonly serving = new Set<Exchange>()
  readonly #needs: ReplicaNeeds
  readonly #queue: CommitQueue
  readonly #member: Member
  readonly #pulses = new Set<string>()
  readonly #served = new Map<string, Exchange>()
  readonly #begun = new Set<Begun>()
  /** The batch before: batches are decided in order. */
  #before: Promise<unknown> = Promise.resolve()
  #ready = false

  private constructor(process: Process, member: Member, needs: ReplicaNeeds) {
    this.process = process
    this.random = needs.random
    this.#needs = needs
    this.#member = member
    this.#queue = new CommitQueue(
      { depth: needs.database.silentMs === null ? 2 : 1, commit: (batch) => this.#commitInTurn(batch) },
      { now: () => process.now(), timers: process.timers('the queue looks for the late') },
    )
    const ledger = needs.ledger(this.#queue)
    this.ledger = {
      depth: 0,
      submit: async (operation, options) => {
        const outcome = await ledger.submit(operation, options)
        needs.learnt(operation, outcome)
        return outcome
      },
    }
    this.unsettled = new Unsettled(this.ledger, (ms, label) => process.after(ms, label))
  }

  static async start(process: Process, needs: ReplicaNeeds): Promise<Replica> {
    const member = await needs.database.join((label) => process.step(label))
    const replica = new Replica(process, member, needs)
    replica.#live().catch(needs.broke)
    return replica
  }

  get epoch(): number {
    return this.#member.epoch
  }

  /** Takes requests: alone in the database, it has recovered first. */
  get ready(): boolean {
    return this.#ready && this.process.state !== 'dead'
  }

  /** Nothing is under way but pulses. */
  get idle(): boolean {
    return this.serving.size === 0 && this.#queue.depth === 0 && this.unsettled.size === 0 && this.#pulses.size === 0
  }

  step(label: string): Promise<void> {
    return this.process.step(label)
  }

  after(ms: number, label: string): Promise<void> {
    return this.process.after(ms, label)
  }

  record(record: RecordRow): void {
    this.#member.record(record)
    void this.#pulse('writes records', () => this.#member.flush())
  }

  serve(plan: Plan, exchange: Exchange): void {
    this.serving.add(exchange)
    this.#served.set(exchange.request, exchange)
    serve(this, plan, exchange).then(() => this.serving.delete(exchange), this.#needs.broke)
  }

  async flush(): Promise<void> {
    await this.#member.flush()
  }

  /** Killed; or, where `inOrder` is possible, ended in order: its requests are cut off all the same. */
  async end(inOrder: boolean): Promise<void> {
    for (const exchange of this.serving) exchange.killed = true
    for (const request of this.unsettled.requests) Object.assign(this.#served.get(request) ?? {}, { killed: true })
    this.process.kill()
    if (inOrder && this.#begun.size === 0 && this.#pulses.size === 0) await this.#member.leave()
    else await this.#member.kill([...this.#begun])
  }

  async #live(): Promise<void> {
    if (this.#needs.database.silentMs === null) await this.#recoverAtStart()
    this.#ready = true
    this.process.timers('heartbeat').every(HEARTBEAT_MS, () => void this.#pulse('heartbeat', () => this.#member.beat()))
    if (this.#needs.database.silentMs === null) return
    this.process.timers('watch').every(WATCH_MS, () => void this.#pulse('watch', () => this.#member.recover()))
  }

  async #recoverAtStart(): Promise<void> {
    for (;;) {
      try {
        await this.#member.recover()
        return
      } catch {
        await this.process.after(1_000, 'starts again')
      }
    }
  }

  /** Never twice at once; what fails is tried again by the next beat. */
  async #pulse(name: string, work: () => Promise<void>): Promise<void> {
    if (this.#pulses.has(name)) return
    this.#pulses.add(name)
    try {
      await this.process.step(name)
      await work()
    } catch {
      // The next beat tries again.
    } finally {
      this.#pulses.delete(name)
    }
  }

  async #commitInTurn(batch: BatchItem[]): Promise<Outcome[]> {
    const committed = Promise.withResolvers<void>()
    const before = this.#before
    this.#before = committed.promise
    try {
      return await this.#commit(batch, before, committed.resolve)
    } finally {
      committed.resolve()
    }
  }

  async #commit(batch: BatchItem[], before: Promise<unknown>, committed: () => void): Promise<Outcome[]> {
    await this.process.step('begins a batch')
    await before
    this.#suffer('before', batch)
    const begun = await this.#member.begin(batch)
    this.#begun.add(begun)
    try {
      await this.process.step(COMMITS)
      if (this.#needs.fault('locked') === 'orphaned') {
        await begun.orphan()
        throw new LedgerUnavailable('the connection was lost')
      }
      const outcomes = await begun.commit()
      this.#begun.delete(begun)
      committed()
      await this.process.step('learns its outcomes')
      this.#suffer('after', batch)
      return outcomes
    } finally {
      this.#begun.delete(begun)
    }
  }

  #suffer(when: 'before' | 'after', batch: BatchItem[]): void {
    const fault = this.#needs.fault(when)
    if (fault === 'lost') throw new LedgerUnavailable('the connection was lost')
    // Sent one by one, each can be written.
    if (fault === 'refused' && batch.length > 1) throw new Error(`one of ${batch.length} operations is at fault`)
  }
}

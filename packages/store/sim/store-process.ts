import type { Clock } from '@faregate/core'
import type { BatchItem } from '@faregate/ledger/port'
import type { Outcome } from '@faregate/ledger/types'
import type { RecordRow } from '../../ledger/sim/auditor/shapes.ts'
import type { Backend } from '../src/backend.ts'
import { FaregateStore } from '../src/faregate-store.ts'
import { requestRecord } from '../test/fixtures.ts'
import { ObservedBackend, type Sent } from './observed-backend.ts'

export interface StoreNeeds {
  clock: Clock
  elapsed: () => number
  /** The time of the transaction that has just been answered. */
  now(): number
  tell(sent: Sent): void
}

/** The store of one process, as it is served with, but that nothing happens by itself: its pulses beat when they are told to. */
export class StoreProcess {
  readonly store: FaregateStore
  readonly #backend: Backend
  readonly #pulses: Map<string, () => Promise<void>>

  private constructor(store: FaregateStore, backend: Backend, pulses: Map<string, () => Promise<void>>) {
    this.store = store
    this.#backend = backend
    this.#pulses = pulses
  }

  /** Registers and recovers, as at every start. */
  static async start(inner: Backend, directory: string, needs: StoreNeeds): Promise<StoreProcess> {
    const backend = new ObservedBackend(inner, needs.now, needs.tell)
    const pulses = new Map<string, () => Promise<void>>()
    const { clock, elapsed } = needs
    const log = (): void => undefined
    const repeat = (name: string, _everyMs: number, work: () => Promise<void>): { stop(): Promise<void> } => {
      pulses.set(name, work)
      return { stop: async () => undefined }
    }
    const store = await FaregateStore.start(backend, { directory }, { clock, log, elapsed, repeat })
    return new StoreProcess(store, backend, pulses)
  }

  get epoch(): number {
    return this.store.instance.epoch
  }

  commit(batch: BatchItem[]): Promise<Outcome[]> {
    return this.store.engine.commit(batch)
  }

  async beat(): Promise<void> {
    await this.#pulses.get('heartbeat')?.()
  }

  async recover(): Promise<void> {
    await this.store.instance.recover()
  }

  record({ id, cost, delivery }: RecordRow): void {
    this.store.records.request(requestRecord(id, { cost, delivery: delivery as 'confirmed' }))
  }

  async flush(): Promise<void> {
    await this.store.records.flush()
  }

  /** Ends in order. */
  async leave(): Promise<void> {
    await this.store.close()
  }

  /** Drops its connections, and nothing else. */
  async drop(): Promise<void> {
    await this.#backend.close()
  }
}

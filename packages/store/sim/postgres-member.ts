import { setTimeout as wait } from 'node:timers/promises'
import { LedgerUnavailable, type BatchItem } from '@faregate/ledger/port'
import type { Begun, Member, Observer } from '../../ledger/sim/database.ts'
import type { StoreProcess } from './store-process.ts'

/** What a process needs of the database that it has joined. */
export interface Server {
  now(): number
  observer: Observer
  /** Does what the scheduler waits for. */
  outside<T>(work: () => Promise<T>): Promise<T>
  /** Ends the connections of a process, and waits until the server has done with them. */
  terminate(name: string): Promise<void>
}

/** One of the stores that share a PostgreSQL database. */
export class PostgresMember implements Member {
  readonly epoch: number
  readonly #server: Server
  /** Of its connections. */
  readonly #name: string
  readonly #process: StoreProcess

  constructor(server: Server, name: string, process: StoreProcess) {
    this.epoch = process.epoch
    this.#server = server
    this.#name = name
    this.#process = process
  }

  async begin(batch: BatchItem[]): Promise<Begun> {
    return {
      batch,
      commit: () => this.#server.outside(() => this.#process.commit(batch)),
      orphan: () => this.#server.outside(() => this.#interrupted(batch)),
    }
  }

  beat(): Promise<void> {
    return this.#server.outside(async () => {
      await this.#process.beat()
      this.#server.observer.heard(this.epoch, this.#server.now())
    })
  }

  recover(): Promise<void> {
    this.#server.observer.looks(this.epoch, this.#server.now())
    return this.#server.outside(() => this.#process.recover())
  }

  record(record: Parameters<Member['record']>[0]): void {
    this.#process.record(record)
  }

  flush(): Promise<void> {
    return this.#server.outside(() => this.#process.flush())
  }

  leave(): Promise<void> {
    return this.#server.outside(() => this.#process.leave())
  }

  kill(during: Begun[]): Promise<void> {
    return this.#server.outside(async () => {
      const [begun] = during
      if (begun === undefined) await this.#server.terminate(this.#name)
      else await this.#interrupted(begun.batch)
      await this.#process.drop()
    })
  }

  /** The connection ends somewhere in the transaction, or after it. */
  async #interrupted(batch: BatchItem[]): Promise<void> {
    const committing = this.#process.commit(batch).catch((error: unknown) => {
      if (!(error instanceof LedgerUnavailable)) throw error
    })
    await wait(Math.random() * 4)
    await this.#server.terminate(this.#name)
    await committing
  }
}

import type { BatchItem } from '@faregate/ledger/port'
import type { Outcome } from '@faregate/ledger/types'
import type { RecordRow } from '../../ledger/sim/auditor/shapes.ts'
import type { Begun, Member } from '../../ledger/sim/database.ts'
import type { SqliteChild } from './sqlite-child.ts'
import type { SqliteDatabase } from './sqlite-database.ts'

/** The process that has the directory, as the simulated requests in it see its store. */
export class SqliteMember implements Member {
  readonly epoch: number
  readonly #database: SqliteDatabase
  readonly #child: SqliteChild
  #records: RecordRow[] = []

  constructor(database: SqliteDatabase, child: SqliteChild, epoch: number) {
    this.#database = database
    this.#child = child
    this.epoch = epoch
  }

  async begin(batch: BatchItem[]): Promise<Begun> {
    this.#database.answer()
    const commit = (): Promise<Outcome[]> => this.#outside(() => this.#child.call<Outcome[]>('commit', batch))
    // Nothing lies between the process and its database: it is the answer alone that can be lost.
    return { batch, commit, orphan: async () => void (await commit()) }
  }

  beat(): Promise<void> {
    return this.#outside(() => this.#child.call('beat'))
  }

  /** It has, when it was opened. */
  async recover(): Promise<void> {}

  record(record: RecordRow): void {
    this.#records.push(record)
  }

  flush(): Promise<void> {
    const records = this.#records
    this.#records = []
    return this.#outside(() => this.#child.call('record', records))
  }

  leave(): Promise<void> {
    return this.#outside(async () => {
      await this.#child.call('record', this.#records)
      await this.#child.call('leave')
      await this.#child.kill()
    })
  }

  kill(during: Begun[]): Promise<void> {
    return this.#database.outside(async () => {
      const [begun] = during
      if (begun !== undefined) await this.#child.interrupt(begun.batch)
      await this.#child.kill()
    })
  }

  async #outside<T>(work: () => Promise<T>): Promise<T> {
    this.#database.answer()
    return this.#database.outside(work)
  }
}

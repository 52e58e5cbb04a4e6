import type { BatchItem } from '@faregate/ledger/port'
import type { Operation, Outcome } from '@faregate/ledger/types'
import { InstanceBack, InstanceFenced, type Backend } from '../src/backend.ts'
import type { Row } from '../src/ledger-rows.ts'

/** A ledger transaction that was sent to the database; without `answered`, nobody knows whether it was committed. */
export interface Sent {
  asked: Operation[]
  answered: Outcome[] | undefined
  now: number
}

/** A backend whose every ledger transaction is told to somebody, those of recovery included. */
export class ObservedBackend implements Backend {
  readonly kind: Backend['kind']
  readonly read: Backend['read']
  readonly depth: number
  readonly silentMs: number | null
  readonly #inner: Backend
  readonly #now: () => number
  readonly #tell: (sent: Sent) => void

  /** `now`: the time of the transaction that has just been answered. */
  constructor(inner: Backend, now: () => number, tell: (sent: Sent) => void) {
    this.kind = inner.kind
    this.read = inner.read
    this.depth = inner.depth
    this.silentMs = inner.silentMs
    this.#inner = inner
    this.#now = now
    this.#tell = tell
  }

  async commit(items: BatchItem[], by: { epoch: number; fenced?: bigint | undefined }): Promise<Outcome[]> {
    const asked = items.map((item) => item.operation)
    try {
      const answered = await this.#inner.commit(items, by)
      this.#tell({ asked, answered, now: this.#now() })
      return answered
    } catch (error) {
      const refused = error instanceof InstanceFenced || error instanceof InstanceBack
      if (!refused) this.#tell({ asked, answered: undefined, now: this.#now() })
      throw error
    }
  }

  now(): ReturnType<Backend['now']> {
    return this.#inner.now()
  }

  write: Backend['write'] = (work) => this.#inner.write(work)

  insertRecords(requests: Row[], denials: Row[]): Promise<void> {
    return this.#inner.insertRecords(requests, denials)
  }

  verify(): ReturnType<Backend['verify']> {
    return this.#inner.verify()
  }

  backup(file: string): Promise<void> {
    return this.#inner.backup(file)
  }

  load(file: string, epoch: number): Promise<void> {
    return this.#inner.load(file, epoch)
  }

  ready(): ReturnType<Backend['ready']> {
    return this.#inner.ready()
  }

  passing(error: unknown): boolean {
    return this.#inner.passing(error)
  }

  close(): Promise<void> {
    return this.#inner.close()
  }
}

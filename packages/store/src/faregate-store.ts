import { LedgerUnavailable, type BatchItem, type LedgerEngine } from '@faregate/ledger/port'
import type { Outcome, VerifyReport } from '@faregate/ledger/types'
import type { Clock } from '@faregate/core'
import type { Kysely, Transaction } from 'kysely'
import { InstanceFenced, type Backend } from './backend.ts'
import { configurationVersion } from './configuration.ts'
import { prepareRestore } from './prepare-restore.ts'
import { InstanceLog } from './instance-log.ts'
import { Instances } from './instances.ts'
import { KeyUse } from './key-use.ts'
import { BatchedRecords } from './records.ts'
import { recover } from './recovery.ts'
import { prune } from './retention.ts'
import type { Schema } from './schema.ts'
import { checkSecret } from './secret-fingerprint.ts'
import type { Instance, Log, Readiness, RecordWriter, RecoveryReport, Retention, Store, StoreOptions } from './store.ts'

const HEARTBEAT_MS = 5_000
const WATCH_MS = 2_000
const PRUNE_MS = 600_000
/** Soon after a start, for a process that is restarted often; not at once, to leave the start alone. */
const FIRST_PRUNE_MS = 5_000
const RECORD_QUEUE = 10_000
const ROW_OVERHEAD_BYTES = 600
const RETENTION: Retention = { maxAgeMs: 30 * 86_400_000, maxBytes: 5 * 1024 ** 3 }

/** What a store runs on beside its database. */
export interface Surroundings {
  clock: Clock
  log: Log
  /** Milliseconds of a monotonic clock. */
  elapsed: () => number
  /** Does something again and again, never twice at once; the first time after `firstMs`, where that is given. */
  repeat: (name: string, everyMs: number, work: () => Promise<void>, firstMs?: number) => { stop(): Promise<void> }
}

/** The store, on either engine. */
export class FaregateStore implements Store {
  readonly kind: Store['kind']
  readonly engine: LedgerEngine
  readonly read: Kysely<Schema>
  readonly records: RecordWriter
  readonly instance: Instance
  readonly #backend: Backend
  readonly #batched: BatchedRecords
  readonly #instances: Instances
  readonly #log: InstanceLog
  readonly #report: Log
  readonly #clock: Clock
  readonly #pulses: ReturnType<Surroundings['repeat']>[]
  #closing: Promise<void> | undefined

  private constructor(backend: Backend, options: StoreOptions, epoch: number, instances: Instances, needs: Surroundings) {
    this.kind = backend.kind
    this.read = backend.read
    this.#backend = backend
    this.#instances = instances
    this.#report = needs.log
    this.#clock = needs.clock
    this.#log = new InstanceLog()
    this.engine = {
      depth: backend.depth,
      commit: async (items) => {
        const outcomes = await this.#decide(items)
        this.#log.committed(items, outcomes)
        return outcomes
      },
    }
    const keyUse = new KeyUse((work) => backend.write(work))
    this.#batched = new BatchedRecords(
      {
        insert: async (requests, denials) => {
          await backend.insertRecords(requests, denials)
          await keyUse
            .note(requests)
            .catch((error: unknown) => needs.log('warn', 'the last use of keys was not noted', { error: String(error) }))
        },
        passing: (error) => backend.passing(error),
        done: (requests) => {
          for (const request of requests) this.#log.recorded(request)
        },
      },
      options.recordQueue ?? RECORD_QUEUE,
      needs.log,
    )
    this.records = this.#batched
    this.instance = { epoch, closed: (request) => this.#log.closed(request), recover: () => this.#recover() }
    this.#pulses = this.#schedule(needs, { ...RETENTION, ...options.retention })
  }

  /** Registers this process and recovers, before anything else is served. */
  static async start(backend: Backend, options: StoreOptions, needs: Surroundings): Promise<FaregateStore> {
    const write = backend.write.bind(backend)
    if (options.secretFingerprint !== undefined) await checkSecret(write, options.secretFingerprint)
    const instances = new Instances(backend.read, write, { now: () => backend.now(), elapsed: needs.elapsed })
    const epoch = await instances.register()
    const store = new FaregateStore(backend, options, epoch, instances, needs)
    try {
      await store.#recover()
    } catch (error) {
      await store.#stop()
      throw error
    }
    return store
  }

  write<T>(work: (trx: Transaction<Schema>) => Promise<T>): Promise<T> {
    return this.#backend.write(work)
  }

  verify(): Promise<VerifyReport> {
    return this.#backend.verify()
  }

  async backup(file: string): Promise<void> {
    await this.#batched.flush()
    await this.#backend.backup(file)
  }

  async restore(file: string): Promise<void> {
    const own = await this.read.selectFrom('meta').select('value').where('key', '=', 'secret_fingerprint').executeTakeFirst()
    const prepared = await prepareRestore(file, own?.value)
    try {
      await this.#batched.flush()
      await this.#backend.load(prepared.file, this.instance.epoch)
    } finally {
      await prepared.remove()
    }
    this.#report('warn', 'a backup was restored', { file })
  }

  configurationVersion(): Promise<number> {
    return configurationVersion(this.read)
  }

  ready(): Promise<Readiness> {
    return this.#backend.ready()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#stop()
    await this.#batched.close()
    // With requests open, the next process has to look: the row stays unresolved.
    if (this.#log.size === 0) await this.#instances.leave(this.instance.epoch).catch(() => undefined)
    await this.#backend.close()
  }

  #schedule({ repeat }: Surroundings, limits: Retention): ReturnType<Surroundings['repeat']>[] {
    const { read } = this.#backend
    const write: Store['write'] = (work) => this.#backend.write(work)
    const now = (): number => this.#clock.now()
    const pruning = async (): Promise<void> => void (await prune({ read, write, limits, now, overhead: ROW_OVERHEAD_BYTES }))
    const pulses = [repeat('heartbeat', HEARTBEAT_MS, () => this.#beat()), repeat('retention', PRUNE_MS, pruning, FIRST_PRUNE_MS)]
    if (this.#backend.silentMs === null) return pulses
    return [...pulses, repeat('recovery', WATCH_MS, async () => void (await this.#recover()))]
  }

  #beat(): Promise<void> {
    return this.#instances.beat(this.instance.epoch, this.#log)
  }

  /** What the database could not decide now is {@link LedgerUnavailable}: the queue sends it again. */
  async #decide(items: BatchItem[], fenced?: bigint): Promise<Outcome[]> {
    try {
      return await this.#backend.commit(items, { epoch: this.instance.epoch, fenced })
    } catch (error) {
      // It stood still, and was taken for dead: it says first that it lives.
      if (error instanceof InstanceFenced) await this.#beat().catch(() => undefined)
      else if (error instanceof LedgerUnavailable || !this.#backend.passing(error)) throw error
      throw new LedgerUnavailable(error instanceof Error ? error.message : String(error), { cause: error })
    }
  }

  async #stop(): Promise<void> {
    await Promise.all(this.#pulses.map((pulse) => pulse.stop()))
  }

  #recover(): Promise<RecoveryReport> {
    return recover({
      epoch: this.instance.epoch,
      instances: this.#instances,
      read: this.read,
      settle: (items, fenced) => this.#decide(items, fenced),
      insert: (requests) => this.#backend.insertRecords(requests, []),
      log: this.#report,
      silentMs: this.#backend.silentMs,
    })
  }
}

import { LedgerUnavailable, type BatchItem } from '../../src/port.ts'
import { recoverySettle } from '../../src/recovery.ts'
import type { SettleOp } from '../../src/types.ts'
import type { Entry } from '../../src/working-set.ts'
import type { RecordRow } from '../auditor/shapes.ts'
import type { Begun, Member, Step } from '../database.ts'
import type { InstanceRow, MemoryDatabase } from './memory-database.ts'

/** Operations that recovery puts into one transaction: few, so that it can die between two. */
const CHUNK = 3
const LOCK_MS = 4_000

/** A process among those that share the database in memory. What the store does, step by step. */
export class MemoryMember implements Member {
  readonly epoch: number
  readonly #database: MemoryDatabase
  readonly #step: Step
  #waiting: RecordRow[] = []
  /** The heartbeats of others, and since when it has seen them so. */
  #seen: Map<number, { heartbeat: number; since: number }> | undefined

  constructor(database: MemoryDatabase, epoch: number, step: Step) {
    this.#database = database
    this.epoch = epoch
    this.#step = step
  }

  /** `fenced`: has to be shut out until the transaction has ended. */
  async begin(batch: BatchItem[], fenced?: InstanceRow): Promise<Begun> {
    const begun = this.#database.begin(batch, this.#row, fenced)
    if (begun !== undefined) return begun
    // It stood still, and was taken for dead: it says first that it lives.
    await this.beat()
    throw new LedgerUnavailable('another instance has taken this one for dead')
  }

  async beat(): Promise<void> {
    await this.#lock(this.#row)
    Object.assign(this.#row, { heartbeatAt: this.#database.now(), resolvedAt: null })
    this.#database.observer.heard(this.epoch, this.#row.heartbeatAt)
  }

  async recover(): Promise<void> {
    await this.#step('looks for dead instances')
    this.#database.answer()
    this.#database.observer.looks(this.epoch, this.#database.now())
    for (const { row, heartbeatAt } of this.#dead()) {
      await this.#step('shuts an instance out')
      await this.#lock(row)
      if (row.heartbeatAt !== heartbeatAt) continue
      row.heartbeatAt = -Math.abs(heartbeatAt)
      await this.#settleHolds(row, this.#database.storage.nextSeq)
      await this.#step('writes lost records')
      this.#database.answer()
      for (const record of this.#lostRecords(row)) this.#insert(record)
      await this.#step('notes that an instance is resolved')
      this.#database.answer()
      if (row.heartbeatAt <= 0) row.resolvedAt = this.#database.now()
    }
  }

  record(record: RecordRow): void {
    this.#waiting.push(record)
  }

  async flush(): Promise<void> {
    this.#database.answer()
    for (const record of this.#waiting) this.#insert(record)
    this.#waiting = []
  }

  async leave(): Promise<void> {
    await this.flush()
    const open = this.#settlesOf(this.#row, this.#database.storage.nextSeq).length
    const unrecorded = this.#lostRecords(this.#row).filter(({ id }) => !this.#database.records.has(id)).length
    if (open + unrecorded === 0) this.#row.resolvedAt = this.#database.now()
  }

  async kill(during: Begun[]): Promise<void> {
    for (const begun of during) await begun.orphan()
  }

  /** Waits for a row of `instances`, but not for ever. */
  async #lock(row: InstanceRow): Promise<void> {
    const until = this.#database.wall() + LOCK_MS
    while (this.#database.held(row)) {
      if (this.#database.wall() > until) throw new LedgerUnavailable('waited too long for a lock')
      await this.#step('waits for a lock')
    }
  }

  get #row(): InstanceRow {
    const row = this.#database.instances[this.epoch - 1]
    if (row === undefined) throw new Error('it has not joined')
    return row
  }

  #dead(): { row: InstanceRow; heartbeatAt: number }[] {
    const { silentMs, instances } = this.#database
    const others = instances.filter(({ epoch, resolvedAt }) => epoch !== this.epoch && resolvedAt === null)
    const seen = new Map(others.map((row) => [row.epoch, this.#sight(row)]))
    this.#seen = seen
    const since = (epoch: number): number => this.#database.wall() - (seen.get(epoch)?.since ?? 0)
    const dead = others.filter(({ epoch }) => silentMs === null || since(epoch) > silentMs)
    return dead.map((row) => ({ row, heartbeatAt: row.heartbeatAt }))
  }

  /** By the database's clock in the first look; by watching from then on. */
  #sight({ epoch, heartbeatAt: heartbeat }: InstanceRow): { heartbeat: number; since: number } {
    const before = this.#seen?.get(epoch)
    if (before?.heartbeat === heartbeat) return before
    const appears = before === undefined && this.#seen !== undefined
    const lives = heartbeat > 0 && (appears || (before !== undefined && heartbeat > before.heartbeat))
    return { heartbeat, since: this.#database.wall() - (lives ? 0 : Math.max(0, this.#database.now() - heartbeat)) }
  }

  async #settleHolds(row: InstanceRow, before: bigint): Promise<void> {
    await this.#step('reads open holds')
    this.#database.answer()
    const settles = this.#settlesOf(row, before)
    for (let from = 0; from < settles.length; from += CHUNK) {
      await this.#step('begins to recover')
      const begun = await this.begin(
        settles.slice(from, from + CHUNK).map((operation) => ({ operation })),
        row,
      )
      await this.#step('recovers')
      await begun.commit()
    }
  }

  #settlesOf({ epoch }: InstanceRow, before: bigint): SettleOp[] {
    const { entries } = this.#database.storage
    const open = new Map<string, Entry[]>()
    for (const entry of entries.values()) {
      const { kind, instance, request, seq } = entry
      if (kind !== 'hold' || instance !== epoch || request === null || seq >= before || entries.has(`${request}.settle`)) continue
      open.set(request, [...(open.get(request) ?? []), entry])
    }
    return [...open].map(([request, holds]) => recoverySettle(request, holds, this.epoch))
  }

  /** Of requests that are settled and not recorded. */
  #lostRecords({ epoch }: InstanceRow): RecordRow[] {
    const { entries } = this.#database.storage
    const lost: RecordRow[] = []
    for (const { id, kind, request, instance } of entries.values()) {
      if (kind !== 'hold' || instance !== epoch || request === null || id !== `${request}.0`) continue
      const settle = entries.get(`${request}.settle`)
      if (settle === undefined) continue
      const { posted, excess } = settle.terms
      lost.push({ id: request, cost: BigInt(posted ?? 0) + BigInt(excess ?? 0), delivery: 'unconfirmed' })
    }
    return lost
  }

  #insert(record: RecordRow): void {
    if (!this.#database.records.has(record.id)) this.#database.records.set(record.id, record)
  }
}

import { LedgerUnavailable, type BatchItem } from '../../src/port.ts'
import type { Outcome, Violation } from '../../src/types.ts'
import { verify } from '../../src/verify/verifier.ts'
import type { AccountState, Lot } from '../../src/working-set.ts'
import { commitUnderLock, memoryStorage, readFirst, rowsOf, type MemoryStorage } from '../../test/memory-engine.ts'
import type { RecordRow } from '../auditor/shapes.ts'
import type { Begun, Database, Member, Observer, Step } from '../database.ts'
import type { Prng } from '../prng.ts'
import { MemoryMember } from './memory-member.ts'

/** A row of `instances`. */
export interface InstanceRow {
  epoch: number
  /** Below one: it is shut out. */
  heartbeatAt: number
  resolvedAt: number | null
}

export interface MemoryNeeds {
  random: Prng
  observer: Observer
  /** Milliseconds since the epoch; never goes back. */
  wall(): number
  silentMs: number | null
  /** How a batch is decided and written: the machine's way, unless a test plants a mistake. */
  commit?: typeof commitUnderLock
}

/** A transaction that has begun and not ended; it holds the row of its instance. */
interface Open {
  epoch: number
  /** The instance that has to be shut out until it ends. */
  fenced: number | undefined
  begunAt: number
  commit(): Outcome[]
}

/** The server ends a transaction that its client leaves alone for longer. */
const IDLE_MS = 5_000

/**
 * A database in memory, with the ways of PostgreSQL where processes share it: transactions read, take their locks in
 * one place, and decide one after the other; one whose client is gone may be committed all the same.
 */
export class MemoryDatabase implements Database {
  readonly silentMs: number | null
  readonly concurrent = false
  readonly storage: MemoryStorage = memoryStorage()
  readonly instances: InstanceRow[] = []
  readonly records = new Map<string, RecordRow>()
  readonly observer: Observer
  away = false
  readonly #needs: MemoryNeeds
  readonly #commit: typeof commitUnderLock
  #offset = 0
  #last = 0
  readonly #open = new Set<Open>()
  /** Transactions whose client is gone, between their last statement and their end. They hold all locks. */
  #orphans: Open[] = []

  constructor(needs: MemoryNeeds) {
    this.#needs = needs
    this.#commit = needs.commit ?? commitUnderLock
    this.silentMs = needs.silentMs
    this.observer = needs.observer
  }

  async setAway(away: boolean): Promise<void> {
    this.away = away
  }

  /** That of a single process never goes back. */
  now(): number {
    const now = this.#needs.wall() + this.#offset
    if (this.silentMs !== null) return now
    this.#last = Math.max(this.#last, now)
    return this.#last
  }

  moveClock(ms: number): void {
    this.#offset += ms
  }

  async join(step: Step): Promise<Member> {
    this.#last = 0
    const epoch = this.instances.length + 1
    this.instances.push({ epoch, heartbeatAt: this.now(), resolvedAt: null })
    this.observer.heard(epoch, this.now())
    return new MemoryMember(this, epoch, step)
  }

  /** Milliseconds that never go back. */
  wall(): number {
    return this.#needs.wall()
  }

  /** Answers undefined to an instance that is shut out. Throws where `fenced` is not. */
  begin(batch: BatchItem[], { epoch, heartbeatAt }: InstanceRow, fenced?: InstanceRow): Begun | undefined {
    this.answer()
    if (heartbeatAt <= 0) return undefined
    if (fenced !== undefined && fenced.heartbeatAt > 0) throw new LedgerUnavailable('the instance that is recovered lives')
    const first = readFirst(this.storage, batch, this.now())
    const commit = (): Outcome[] => {
      const answered = this.#commit(this.storage, batch, first)
      this.observer.decided({ process: epoch, asked: batch.map((item) => item.operation), answered, now: first.now })
      return answered
    }
    const open = { epoch, fenced: fenced?.epoch, begunAt: this.#needs.wall(), commit }
    this.#open.add(open)
    return { batch, commit: async () => this.#end(open), orphan: async () => this.#orphan(open) }
  }

  /** Whether a transaction holds this row of `instances`: one of the instance itself, or one that recovers it. */
  held({ epoch }: InstanceRow): boolean {
    this.answer()
    const holds = (open: Open): boolean => open.epoch === epoch || open.fenced === epoch
    this.#endOrphans(holds)
    for (const open of this.#open) if (holds(open) && this.#needs.wall() - open.begunAt >= IDLE_MS) this.#open.delete(open)
    return [...this.#open].some(holds)
  }

  /** Throws where the database is away. */
  answer(): void {
    if (this.away) throw new LedgerUnavailable('the database is away')
  }

  async books(): Promise<{ accounts: Iterable<AccountState>; lots: Iterable<Lot> }> {
    return { accounts: this.storage.accounts.values(), lots: this.storage.lots.values() }
  }

  async remains(): ReturnType<Database['remains']> {
    const { entries, accounts, lots } = this.storage
    return {
      entries: [...entries.values()],
      accounts: [...accounts.values()],
      lots: [...lots.values()],
      records: [...this.records.values()],
    }
  }

  async verify(): Promise<Violation[]> {
    const report = await verify(rowsOf(this.storage, []))
    return report.violations
  }

  async close(): Promise<void> {
    this.#endOrphans(() => true)
  }

  #end(open: Open): Outcome[] {
    const alive = this.#open.delete(open)
    this.answer()
    if (!alive) throw new LedgerUnavailable('the server has ended an idle transaction')
    if (this.#orphans.length > 0 && this.#needs.random.chance(0.2)) throw new LedgerUnavailable('waited too long for a lock')
    this.#endOrphans(() => true)
    return open.commit()
  }

  #orphan(open: Open): void {
    if (!this.#open.delete(open)) return
    this.#orphans.push(open)
    // With one process, the transaction ends when it does.
    if (this.silentMs === null) this.#endOrphans(() => true)
  }

  /** Before anybody gets their locks, they are committed, or rolled back. */
  #endOrphans(which: (open: Open) => boolean): void {
    const ending = this.#orphans.filter(which)
    this.#orphans = this.#orphans.filter((open) => !which(open))
    for (const orphan of ending) if (this.#needs.random.chance(0.7)) commitOrRollBack(orphan)
  }
}

function commitOrRollBack(orphan: Open): void {
  try {
    orphan.commit()
  } catch (error) {
    if (!(error instanceof LedgerUnavailable)) throw error
  }
}

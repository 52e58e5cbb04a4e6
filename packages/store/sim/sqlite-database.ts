import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LedgerUnavailable } from '@faregate/ledger/port'
import type { Violation } from '@faregate/ledger/types'
import type { Database, Member } from '../../ledger/sim/database.ts'
import type { DatabaseNeeds } from '../../ledger/sim/world.ts'
import type { Rows } from './rows.ts'
import { SqliteChild } from './sqlite-child.ts'
import { SqliteMember } from './sqlite-member.ts'

/** A SQLite directory, and one process after the other that opens it; killed with SIGKILL. */
export class SqliteDatabase implements Database {
  readonly silentMs = null
  readonly concurrent = false
  away = false
  readonly #needs: DatabaseNeeds
  readonly #directory = mkdtempSync(join(tmpdir(), 'faregate-sim-'))
  #offset = 0
  #started = 0
  #child: SqliteChild | undefined

  constructor(needs: DatabaseNeeds) {
    this.#needs = needs
  }

  /** It is in the process: only what it is asked for can fail to be answered. */
  async setAway(away: boolean): Promise<void> {
    this.away = away
  }

  now(): number {
    return this.#needs.wall() + this.#offset
  }

  moveClock(ms: number): void {
    this.#offset += ms
  }

  join(): Promise<Member> {
    return this.outside(async () => {
      const clocks = { wall: () => this.now(), elapsed: () => this.#needs.scheduler.elapsed }
      const child = new SqliteChild(++this.#started, clocks, this.#needs)
      this.#child = child
      const epoch = await child.call<number>('open', this.#directory)
      this.#needs.observer.heard(epoch, this.now())
      this.#needs.observer.looks(epoch, this.now())
      return new SqliteMember(this, child, epoch)
    })
  }

  async books(): ReturnType<Database['books']> {
    const child = this.#living()
    return child === undefined ? undefined : this.outside(() => child.call<Rows>('books'))
  }

  remains(): Promise<Rows> {
    return this.#afterwards('rows')
  }

  verify(): Promise<Violation[]> {
    return this.#afterwards('verify')
  }

  async close(): Promise<void> {
    await this.#child?.kill()
    rmSync(this.#directory, { recursive: true, force: true })
  }

  /** What the scheduler waits for. Throws while the database is away. */
  outside<T>(work: () => Promise<T>): Promise<T> {
    return this.#needs.scheduler.outside(work())
  }

  answer(): void {
    if (this.away) throw new LedgerUnavailable('the database is away')
  }

  #living(): SqliteChild | undefined {
    return this.#child?.alive === true ? this.#child : undefined
  }

  /** One more process looks at what was left. */
  async #afterwards<T>(method: 'rows' | 'verify'): Promise<T> {
    if (this.#living() === undefined) await this.join()
    const child = this.#living()
    if (child === undefined) throw new Error('no process is left')
    return this.outside(() => child.call<T>(method))
  }
}

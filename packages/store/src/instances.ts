import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely'
import type { InstanceLog } from './instance-log.ts'
import type { Schema } from './schema.ts'
import { Silences } from './silences.ts'

/** A process that ended without saying so, or is silent. */
export interface DeadInstance {
  epoch: bigint
  low_water_seq: bigint
  heartbeat_at: bigint
}

const FORGET_MS = 7 * 86_400_000

/** Rows of `instances`. `now` is the database's clock where it has one, as an expression; `elapsed` this process's own. */
export class Instances {
  readonly #write: <T>(work: (trx: Transaction<Schema>) => Promise<T>) => Promise<T>
  readonly #read: Kysely<Schema>
  readonly #now: () => RawBuilder<bigint>
  readonly #silences: Silences

  constructor(
    read: Kysely<Schema>,
    write: <T>(work: (trx: Transaction<Schema>) => Promise<T>) => Promise<T>,
    clocks: { now(): RawBuilder<bigint>; elapsed(): number },
  ) {
    this.#read = read
    this.#write = write
    this.#now = () => clocks.now()
    this.#silences = new Silences(() => clocks.elapsed())
  }

  /** Enters this process; answers its epoch, which is larger than every one before. */
  register(): Promise<number> {
    return this.#write(async (trx) => {
      const { value: epoch } = await trx
        .updateTable('counters')
        .set((eb) => ({ value: eb('value', '+', 1n) }))
        .where('name', '=', 'instance')
        .returning('value')
        .executeTakeFirstOrThrow()
      const next = await trx.selectFrom('counters').select('value').where('name', '=', 'entry').executeTakeFirstOrThrow()
      await trx
        .insertInto('instances')
        .values({ epoch, started_at: this.#now(), heartbeat_at: this.#now(), low_water_seq: next.value + 1n, resolved_at: null })
        .execute()
      await trx
        .deleteFrom('instances')
        .where('resolved_at', 'is not', null)
        .where('resolved_at', '<', sql<bigint>`${this.#now()} - ${FORGET_MS}`)
        .execute()
      return Number(epoch)
    })
  }

  /** Says that this process lives; undoes that another took it for dead and shut it out. */
  async beat(epoch: number, log: InstanceLog): Promise<void> {
    await this.#write(async (trx) => {
      const lowWater = log.lowWater()
      // A restore may have set the ledger back below what this process has seen.
      const next = await trx.selectFrom('counters').select('value').where('name', '=', 'entry').executeTakeFirstOrThrow()
      await trx
        .updateTable('instances')
        .set({ heartbeat_at: this.#now(), low_water_seq: lowWater > next.value ? next.value + 1n : lowWater, resolved_at: null })
        .where('epoch', '=', BigInt(epoch))
        .execute()
    })
  }

  /**
   * Shuts a dead instance out: from now on none of its batches is decided until it has said that it lives. Waits for
   * those that are under way. Answers the last entry that it can have written; `undefined` where it lives after all.
   */
  fence({ epoch, heartbeat_at: heartbeat }: DeadInstance): Promise<bigint | undefined> {
    return this.#write(async (trx) => {
      const fenced = await trx
        .updateTable('instances')
        .set((eb) => ({ heartbeat_at: sql<bigint>`-abs(${eb.ref('heartbeat_at')})` }))
        .where('epoch', '=', epoch)
        .where('heartbeat_at', '=', heartbeat)
        .returning('epoch')
        .execute()
      if (fenced.length === 0) return undefined
      const last = await trx.selectFrom('counters').select('value').where('name', '=', 'entry').executeTakeFirstOrThrow()
      return last.value
    })
  }

  /** Nothing is left of an instance that was shut out. One that has come back in the meantime is not touched. */
  async resolve(epoch: bigint): Promise<void> {
    await this.#write((trx) =>
      trx.updateTable('instances').set({ resolved_at: this.#now() }).where('epoch', '=', epoch).where('heartbeat_at', '<=', 0n).execute(),
    )
  }

  /** This process ends in order and leaves nothing behind. */
  async leave(epoch: number): Promise<void> {
    await this.#write((trx) => trx.updateTable('instances').set({ resolved_at: this.#now() }).where('epoch', '=', BigInt(epoch)).execute())
  }

  /** Others that have been silent for longer; all of them for null. */
  async dead(epoch: number, silentMs: number | null): Promise<DeadInstance[]> {
    const rows = await this.#read
      .selectFrom('instances')
      .select(['epoch', 'low_water_seq', 'heartbeat_at', this.#now().as('now')])
      .where('resolved_at', 'is', null)
      .where('epoch', '<>', BigInt(epoch))
      .orderBy('epoch')
      .execute()
    if (silentMs === null) return rows
    const silences = this.#silences.look(rows, rows[0]?.now ?? 0n)
    return rows.filter((_, index) => (silences[index] ?? 0) > silentMs)
  }
}

import type { Transaction } from 'kysely'
import type { Row } from './ledger-rows.ts'
import { REQUEST_COLUMNS } from './record-rows.ts'
import type { Schema } from './schema.ts'

/** A key in constant use is written down once in so long. */
const APART_MS = 60_000
const MOST_KEYS = 10_000

const KEY = REQUEST_COLUMNS.indexOf('key_id')
const AT = REQUEST_COLUMNS.indexOf('at')

/** Notes when keys were last used, from the records of requests, once those are written: nothing waits for it. */
export class KeyUse {
  readonly #write: (work: (trx: Transaction<Schema>) => Promise<void>) => Promise<void>
  #noted = new Map<string, number>()

  constructor(write: (work: (trx: Transaction<Schema>) => Promise<void>) => Promise<void>) {
    this.#write = write
  }

  /** Rejects where the database does not take it; the next use of the same key tells it again. */
  async note(requests: readonly Row[]): Promise<void> {
    const due = this.#due(requests)
    if (due.size === 0) return
    await this.#write(async (trx) => {
      for (const [id, at] of due) {
        await trx
          .updateTable('keys')
          .set({ last_used_at: at })
          .where('id', '=', id)
          .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', BigInt(at))]))
          .execute()
      }
    })
    if (this.#noted.size + due.size > MOST_KEYS) this.#noted = new Map()
    for (const [id, at] of due) this.#noted.set(id, at)
  }

  #due(requests: readonly Row[]): Map<string, number> {
    const due = new Map<string, number>()
    for (const row of requests) {
      const [id, at] = [row[KEY], Number(row[AT])]
      if (typeof id !== 'string' || at < (this.#noted.get(id) ?? -APART_MS) + APART_MS) continue
      due.set(id, Math.max(at, due.get(id) ?? 0))
    }
    return due
  }
}

import { createHash } from 'node:crypto'
import type { IdPrefix } from '@faregate/core'
import type { Context, Idempotency } from './call.ts'
import { freshId } from './call.ts'
import type { AdminDeps } from './deps.ts'
import { refuse } from './refusal.ts'

/** How long an answer is repeated. */
export const ANSWER_LIFETIME_MS = 24 * 60 * 60 * 1000

/** The answer that this key got before, if it did: 422 where the body is another. */
export async function earlierAnswer(
  deps: AdminDeps,
  { scope, key, fingerprint }: Idempotency,
): Promise<{ status: number; answer: unknown } | undefined> {
  const row = await deps.store.read.idempotency.get(scope, key)
  if (row === undefined || row.at <= deps.clock.now() - ANSWER_LIFETIME_MS) return undefined
  if (row.fingerprint !== fingerprint) return mismatch()
  const answer: unknown = JSON.parse(row.answer)
  return { status: row.status, answer }
}

export function mismatch(): never {
  return refuse({ code: 'idempotency_mismatch', detail: 'This Idempotency-Key was used before with another body.' })
}

/**
 * The id of a ledger operation: from the idempotency key where there is one, so that a retry after a kill meets `exists`
 * in the ledger itself; a new one otherwise.
 */
export function operationId(context: Context, prefix: IdPrefix): string {
  if (context.idempotency === undefined) return freshId(context, prefix)
  const { scope, key } = context.idempotency
  return `${prefix}_${digest(`${scope}\n${key}`).slice(0, 32)}`
}

/** SHA-256 of a body whose members are in any order. */
export function fingerprintOf(body: unknown): string {
  return digest(JSON.stringify(body, sortMembers))
}

function sortMembers(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Keys whose first request is still being carried out by this process; between processes the database decides. */
export class Running {
  readonly #keys = new Set<string>()

  /** Runs `work` unless the same key is running: 409 then. */
  async alone<T>({ scope, key }: Idempotency, work: () => Promise<T>): Promise<T> {
    const name = `${scope}\n${key}`
    if (this.#keys.has(name)) {
      return refuse({
        code: 'idempotency_in_progress',
        retryAfterSeconds: 1,
        detail: 'A request with this Idempotency-Key is still being carried out.',
      })
    }
    this.#keys.add(name)
    try {
      return await work()
    } finally {
      this.#keys.delete(name)
    }
  }
}

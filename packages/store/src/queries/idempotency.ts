import type { AdminQueries } from '@faregate/admin/ports'
import type { IdempotencyRow } from '@faregate/admin/rows'
import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'
import { toNumber } from './columns.ts'

export function idempotencyQueries(db: Kysely<Schema>): AdminQueries['idempotency'] {
  return {
    async get(scope, key) {
      const row = await db.selectFrom('idempotency').selectAll().where('scope', '=', scope).where('key', '=', key).executeTakeFirst()
      if (row === undefined) return undefined
      const { request_hash: fingerprint, response: answer } = row
      return { scope, key, fingerprint, status: toNumber(row.status), answer, at: toNumber(row.created_at) }
    },
  }
}

/** Forgets answers made before a time. */
export async function forgetAnswers(db: Kysely<Schema>, before: number): Promise<void> {
  await db.deleteFrom('idempotency').where('created_at', '<', BigInt(before)).execute()
}

/** Rejects where the key has an answer that is not yet forgotten: two transactions never both answer it. */
export async function insertIdempotency(db: Kysely<Schema>, row: IdempotencyRow): Promise<void> {
  const { scope, key, fingerprint, status, answer, at } = row
  await db.insertInto('idempotency').values({ scope, key, request_hash: fingerprint, status, response: answer, created_at: at }).execute()
}

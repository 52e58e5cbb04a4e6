import { createHash } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { Schema } from './schema.ts'

/** A management change: who, what, before, after (JSON text). */
export interface AuditEvent {
  id: string
  at: number
  actor: string
  action: string
  subject: string
  before: string | null
  after: string | null
}

export const AUDIT_GENESIS = '0'.repeat(64)

/** The hash that chains an audit row to the one before it: SHA-256, hex, over the JSON array of its members. */
export function auditHash(previous: string, seq: bigint, event: AuditEvent): string {
  const members = [previous, seq.toString(), event.id, event.at, event.actor, event.action, event.subject, event.before, event.after]
  return createHash('sha256').update(JSON.stringify(members)).digest('hex')
}

/** Appends a row to the audit chain, in the transaction of the change it tells of. */
export async function appendAudit(trx: Transaction<Schema>, event: AuditEvent): Promise<void> {
  // The counter's row lock orders concurrent appends: two rows never continue the same one.
  const { value: seq } = await trx
    .updateTable('counters')
    .set((eb) => ({ value: eb('value', '+', 1n) }))
    .where('name', '=', 'audit')
    .returning('value')
    .executeTakeFirstOrThrow()
  const last = await trx.selectFrom('audit').select('hash').orderBy('seq', 'desc').limit(1).executeTakeFirst()
  const previous = last?.hash ?? AUDIT_GENESIS
  await trx
    .insertInto('audit')
    .values({ ...event, seq, prev_hash: previous, hash: auditHash(previous, seq, event) })
    .execute()
}

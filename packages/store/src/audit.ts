import type { Kysely, Transaction } from 'kysely'
import { AUDIT_GENESIS, auditHash, type AuditEvent } from './audit-chain.ts'
import type { Schema } from './schema.ts'

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

/**
 * Recomputes the audit chain from its beginning; answers the sequence number of the first row that does not
 * continue the one before it, or that a gap precedes, and `undefined` where all is well.
 */
export async function brokenAuditRow(db: Kysely<Schema>): Promise<bigint | undefined> {
  let previous = AUDIT_GENESIS
  let seq = 0n
  for (;;) {
    const rows = await db.selectFrom('audit').selectAll().where('seq', '>', seq).orderBy('seq').limit(500).execute()
    for (const row of rows) {
      seq += 1n
      const event: AuditEvent = { ...row, at: Number(row.at) }
      if (row.seq !== seq || row.prev_hash !== previous || row.hash !== auditHash(previous, seq, event)) return row.seq
      previous = row.hash
    }
    if (rows.length < 500) break
  }
  const counter = await db.selectFrom('counters').select('value').where('name', '=', 'audit').executeTakeFirst()
  return counter?.value === seq ? undefined : seq + 1n
}

import type { AttachedRow } from '@faregate/ledger/port'
import { AUDIT_GENESIS, auditEventOf, auditHash } from '../audit-chain.ts'
import { attachedValues, insertText, PLAIN_TABLES } from '../attached-row.ts'
import type { Sqlite } from './connection.ts'

/** Writes the rows that come with a ledger operation, in its transaction. */
export class AttachedRows {
  readonly #sql: ReturnType<typeof prepare>

  constructor(db: Sqlite) {
    this.#sql = prepare(db)
  }

  insert(row: AttachedRow): void {
    if (row.table === 'audit') this.#audit(row.values)
    else this.#sql.plain.get(row.table)?.run(attachedValues(row.table, row.values))
  }

  #audit(values: AttachedRow['values']): void {
    const event = auditEventOf(values)
    const seq = this.#sql.nextAudit.get() as bigint
    const previous = (this.#sql.lastHash.get() as string | undefined) ?? AUDIT_GENESIS
    const { id, at, actor, action, subject, organization_id: organization, before, after } = event
    this.#sql.audit.run(seq, id, at, actor, action, subject, organization, before, after, previous, auditHash(previous, seq, event))
  }
}

function prepare(db: Sqlite) {
  return {
    nextAudit: db.prepare(`UPDATE counters SET value = value + 1 WHERE name = 'audit' RETURNING value`).pluck(),
    lastHash: db.prepare('SELECT hash FROM audit ORDER BY seq DESC LIMIT 1').pluck(),
    audit: db.prepare(
      'INSERT INTO audit (seq, id, at, actor, action, subject, organization_id, before, after, prev_hash, hash) ' +
        'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    plain: new Map(PLAIN_TABLES.map((table) => [table, db.prepare(insertText(table, () => '?'))])),
  }
}

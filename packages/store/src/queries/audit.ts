import type { AdminQueries } from '@faregate/admin/ports'
import type { ChainedAuditRow } from '@faregate/admin/rows'
import type { Kysely, Selectable } from 'kysely'
import { brokenAuditRow } from '../audit.ts'
import type { AuditTable, Schema } from '../schema.ts'
import { toNumber } from './columns.ts'

export function auditQueries(db: Kysely<Schema>): AdminQueries['audit'] {
  return {
    async list({ limit, before }, { organization, subject }) {
      let query = db.selectFrom('audit').selectAll().orderBy('seq', 'desc').limit(limit)
      if (before !== undefined) query = query.where('seq', '<', /^\d{1,18}$/.test(before) ? BigInt(before) : 0n)
      if (organization !== undefined) query = query.where('organization_id', '=', organization)
      if (subject !== undefined) query = query.where('subject', '=', subject)
      return (await query.execute()).map(auditOf)
    },
    broken: () => brokenAuditRow(db),
  }
}

function auditOf(row: Selectable<AuditTable>): ChainedAuditRow {
  return {
    id: row.id,
    seq: row.seq,
    at: toNumber(row.at),
    actor: row.actor,
    action: row.action,
    subject: row.subject,
    organization: row.organization_id,
    before: row.before,
    after: row.after,
    previousHash: row.prev_hash,
    hash: row.hash,
  }
}

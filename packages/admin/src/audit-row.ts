import { newId, type Clock, type Random } from '@faregate/core'
import type { AttachedRow } from '@faregate/ledger/port'
import type { AuditRow } from './rows.ts'

/** What was done, for the audit. Before and after are as the API shows them: never a secret. */
export interface Deed {
  /** Who did it; absent: the gateway itself. */
  actor?: string
  action: string
  subject: string
  /** Whom it concerns; null: the whole installation. */
  organization: string | null
  before?: unknown
  after?: unknown
}

/** The row of the audit that tells of it. */
export function auditRowOf(
  { clock, random }: { clock: Clock; random: Random },
  { actor = 'system', action, subject, organization, before, after }: Deed,
): AuditRow {
  const at = clock.now()
  return {
    id: newId('au', at, random),
    at,
    actor,
    action,
    subject,
    organization,
    before: before === undefined ? null : JSON.stringify(before),
    after: after === undefined ? null : JSON.stringify(after),
  }
}

/** The same, to be written with an operation of the ledger. */
export function attachedAuditOf(needs: { clock: Clock; random: Random }, deed: Deed): AttachedRow {
  const { organization, ...row } = auditRowOf(needs, deed)
  return { table: 'audit', values: { ...row, organization_id: organization } }
}

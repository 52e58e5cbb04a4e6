import { createHash } from 'node:crypto'
import type { AttachedRow } from '@faregate/ledger/port'

/** A management change: who, what, before, after (JSON text). */
export interface AuditEvent {
  id: string
  at: number
  actor: string
  action: string
  subject: string
  organization_id: string | null
  before: string | null
  after: string | null
}

/** What the first row of the chain continues. */
export const AUDIT_GENESIS = '0'.repeat(64)

/** The hash that chains an audit row to the one before it: SHA-256, hex, over the JSON array of its members. */
export function auditHash(previous: string, seq: bigint, event: AuditEvent): string {
  const { id, at, actor, action, subject, organization_id: organization, before, after } = event
  const members = [previous, seq.toString(), id, at, actor, action, subject, organization, before, after]
  return createHash('sha256').update(JSON.stringify(members)).digest('hex')
}

/** Reads an attached audit row by its column names. Throws where one is missing or of another type. */
export function auditEventOf(values: AttachedRow['values']): AuditEvent {
  return {
    id: text(values, 'id'),
    at: Number(values['at']),
    actor: text(values, 'actor'),
    action: text(values, 'action'),
    subject: text(values, 'subject'),
    organization_id: optional(values, 'organization_id'),
    before: optional(values, 'before'),
    after: optional(values, 'after'),
  }
}

function text(values: AttachedRow['values'], column: string): string {
  const value = values[column]
  if (typeof value !== 'string') throw new Error(`an attached audit row lacks ${column}`)
  return value
}

function optional(values: AttachedRow['values'], column: string): string | null {
  const value = values[column] ?? null
  return value === null ? null : String(value)
}

import { z } from 'zod'
import { id, page, paging, time } from './common.ts'
import type { RouteSpec } from './route.ts'

export const auditEvent = z
  .object({
    id: z.string(),
    seq: z.string(),
    at: time,
    actor: z.string().describe('`operator`, the id of a management token, or `system`: the gateway itself.'),
    action: z.string(),
    subject: z.string(),
    organization: z.string().nullable(),
    before: z.unknown(),
    after: z.unknown(),
    previousHash: z.string(),
    hash: z.string().describe('SHA-256 over the previous hash and this row: a change or a gap breaks the chain.'),
  })
  .meta({ title: 'AuditEvent' })

export const auditRoutes = {
  listAudit: {
    method: 'GET',
    path: '/api/audit',
    tag: 'Audit',
    summary: 'List management changes: who, what, before, after',
    permission: 'audit:read',
    query: z.strictObject({ ...paging, organization: id.optional(), subject: z.string().max(300).optional() }),
    status: 200,
    response: page(auditEvent),
  },
  verifyAudit: {
    method: 'GET',
    path: '/api/audit/verify',
    tag: 'Audit',
    summary: 'Recompute the chain of the audit from its beginning',
    permission: 'ledger:verify',
    status: 200,
    response: z.object({
      ok: z.boolean(),
      brokenAt: z.string().nullable().describe('The first row that does not continue the one before it.'),
    }),
  },
} as const satisfies Record<string, RouteSpec>

import { z } from 'zod'
import { id, money, page, paging, time } from './common.ts'
import type { RouteSpec } from './route.ts'

export const verification = z
  .object({
    ok: z.boolean(),
    checked: z.record(z.string(), z.number()).describe('How many rows of each kind were recomputed.'),
    violations: z.array(z.object({ invariant: z.string(), subject: z.string(), detail: z.string() })),
  })
  .meta({ title: 'Verification' })

export const entry = z
  .object({
    seq: z.string(),
    id: z.string(),
    kind: z.string(),
    request: z.string().nullable(),
    at: time,
    legs: z.array(z.object({ account: z.string(), unit: z.string(), amount: money, field: z.string() })),
    reason: z.string().nullable(),
  })
  .meta({ title: 'Entry' })

const tag = 'Money'

export const ledgerRoutes = {
  verifyLedger: {
    method: 'GET',
    path: '/api/ledger/verify',
    tag,
    summary: 'Recompute every invariant of the ledger from its entries',
    permission: 'ledger:verify',
    status: 200,
    response: verification,
  },
  listEntries: {
    method: 'GET',
    path: '/api/ledger/entries',
    tag,
    summary: 'List ledger entries of an organization or a request',
    permission: 'money:read',
    query: z.strictObject({ ...paging, organization: id.optional(), request: id.optional() }),
    status: 200,
    response: page(entry),
  },
} as const satisfies Record<string, RouteSpec>

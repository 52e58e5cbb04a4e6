import { z } from 'zod'
import { amount, byId, instant, money, page, paging, reason, time } from './common.ts'
import type { RouteSpec } from './route.ts'

export const grant = z
  .object({
    id: z.string(),
    organization: z.string(),
    amount: money,
    reason: z.string(),
    priority: z.number().describe('Lower is spent first.'),
    expiresAt: time.nullable(),
    posted: money,
    held: money,
    expired: money,
    reversed: money,
    remaining: money,
    createdAt: time,
  })
  .meta({ title: 'Grant' })

const created = z.object({
  id: z.string(),
  organization: z.string(),
  amount: money,
  reason: z.string(),
  priority: z.number(),
  expiresAt: time.nullable(),
})

export const reversal = z.object({ id: z.string(), grant: z.string(), amount: money, reason: z.string() }).meta({ title: 'Reversal' })

const tag = 'Money'

export const grantRoutes = {
  listGrants: {
    method: 'GET',
    path: '/api/organizations/{id}/grants',
    tag,
    summary: 'List the grants of an organization',
    permission: 'money:read',
    params: byId,
    query: z.strictObject(paging),
    status: 200,
    response: page(grant),
  },
  createGrant: {
    method: 'POST',
    path: '/api/organizations/{id}/grants',
    tag,
    summary: 'Put credit on the balance of an organization',
    permission: 'money:write',
    params: byId,
    body: z.strictObject({
      amount,
      reason,
      priority: z.number().int().min(0).max(1000).optional(),
      expiresAt: instant.nullable().optional(),
    }),
    status: 201,
    response: created,
    idempotent: true,
  },
  getGrant: {
    method: 'GET',
    path: '/api/grants/{id}',
    tag,
    summary: 'See a grant',
    permission: 'money:read',
    params: byId,
    status: 200,
    response: grant,
  },
  reverseGrant: {
    method: 'POST',
    path: '/api/grants/{id}/reverse',
    tag,
    summary: 'Take back what is unspent and unheld of a grant',
    permission: 'money:write',
    params: byId,
    body: z.strictObject({ amount: amount.optional(), reason }),
    status: 201,
    response: reversal,
    idempotent: true,
  },
} as const satisfies Record<string, RouteSpec>

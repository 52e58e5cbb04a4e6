import { z } from 'zod'
import { amount, byId, money, page, paging, time } from './common.ts'
import type { RouteSpec } from './route.ts'

const topUp = z
  .object({
    id: z.string(),
    organization: z.string(),
    rail: z.string(),
    amount: money,
    automatic: z.boolean().describe('The gateway ordered it by itself, and pays it with the saved payment method.'),
    state: z.enum(['open', 'paid', 'void']).describe('Void: it was not paid, and never will be.'),
    createdAt: time,
    paidAt: time.nullable(),
    grant: z.string().nullable().describe('The grant that it became.'),
    refunded: money.describe('What was given back to whoever paid, or is on its way.'),
    reference: z.string().nullable().describe('What the payment rail calls it.'),
  })
  .meta({ title: 'TopUp' })

const opened = z.object({ id: z.string(), organization: z.string(), amount: money, url: z.string().describe('Where it is paid.') })

const tag = 'Money'

export const topUpRoutes = {
  listTopUps: {
    method: 'GET',
    path: '/api/organizations/{id}/top-ups',
    tag,
    summary: 'List the top-ups of an organization',
    permission: 'money:read',
    params: byId,
    query: z.strictObject(paging),
    status: 200,
    response: page(topUp),
  },
  createTopUp: {
    method: 'POST',
    path: '/api/organizations/{id}/top-ups',
    tag,
    summary: 'Order credit, and say where it is paid; it is on the balance once the payment rail has confirmed it',
    permission: 'payments:write',
    params: byId,
    body: z.strictObject({ amount }),
    status: 201,
    response: opened,
    idempotent: true,
  },
} as const satisfies Record<string, RouteSpec>

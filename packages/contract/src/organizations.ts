import { z } from 'zod'
import { byId, currency, decimal, money, name, page, paging, time, zone } from './common.ts'
import { limits } from './limits.ts'
import type { RouteSpec } from './route.ts'

export const organization = z
  .object({
    id: z.string(),
    name: z.string(),
    currency: z.string(),
    zone: z.string().describe('The IANA zone in which days, weeks and months of caps begin.'),
    limits,
    createdAt: time,
  })
  .meta({ title: 'Organization' })

export const balance = z
  .object({
    currency: z.string(),
    granted: money,
    expired: money.describe('Credit that became worthless, whether or not it was swept.'),
    posted: money.describe('What was charged.'),
    held: money.describe('What requests in flight have reserved.'),
    available: money.describe('granted − expired − posted − held'),
    overdraft: money.describe('How far below zero a cost beyond its hold may take the balance.'),
  })
  .meta({ title: 'Balance' })

const tag = 'Organizations'

export const organizationRoutes = {
  listOrganizations: {
    method: 'GET',
    path: '/api/organizations',
    tag,
    summary: 'List organizations',
    permission: 'organizations:read',
    query: z.strictObject(paging),
    status: 200,
    response: page(organization),
  },
  createOrganization: {
    method: 'POST',
    path: '/api/organizations',
    tag,
    summary: 'Create an organization and open its wallet',
    permission: 'organizations:create',
    body: z.strictObject({
      name,
      currency: currency.optional(),
      zone: zone.optional(),
      overdraft: decimal.optional(),
      limits: limits.optional(),
    }),
    status: 201,
    response: organization,
    idempotent: true,
  },
  getOrganization: {
    method: 'GET',
    path: '/api/organizations/{id}',
    tag,
    summary: 'See an organization',
    permission: 'organizations:read',
    params: byId,
    status: 200,
    response: organization,
  },
  updateOrganization: {
    method: 'PATCH',
    path: '/api/organizations/{id}',
    tag,
    summary:
      'Rename an organization, move its zone, set its overdraft (needs money:write too) and its limits (needs organizations:create too)',
    permission: 'organizations:write',
    params: byId,
    body: z.strictObject({
      name: name.optional(),
      zone: zone.optional(),
      overdraft: decimal.optional(),
      limits: limits.optional(),
    }),
    status: 200,
    response: organization,
  },
  getBalance: {
    method: 'GET',
    path: '/api/organizations/{id}/balance',
    tag,
    summary: 'See the balance of an organization',
    permission: 'money:read',
    params: byId,
    status: 200,
    response: balance,
  },
} as const satisfies Record<string, RouteSpec>

import { DISCLOSURES } from '@faregate/core'
import { z } from 'zod'
import { cap, shownCap } from './caps.ts'
import { byId, currency, decimal, money, name, page, paging, reason, time, zone } from './common.ts'
import { limits } from './limits.ts'
import { factor, priceOverrides, shownOverrides } from './price-terms.ts'
import type { RouteSpec } from './route.ts'

const disclosure = z
  .enum(DISCLOSURES)
  .describe(
    'How much refusals tell its callers of it: the code alone; how it is mended and by whom; the amounts, too; how it was decided, too.',
  )

export const organization = z
  .object({
    id: z.string(),
    name: z.string(),
    currency: z.string(),
    zone: z.string().describe('The IANA zone in which days, weeks and months of caps begin.'),
    limits,
    suspended: z
      .object({ since: time, reason: z.string() })
      .nullable()
      .describe('While it is suspended its keys call nothing; null: it is not.'),
    cap: shownCap.nullable().describe('How much all of its keys may spend together in a period.'),
    userCap: shownCap.nullable().describe('How much each end user, whom requests name, may spend in a period.'),
    tagCap: shownCap.nullable().describe('How much each tag, which requests name, may spend in a period.'),
    priceFactor: factor.describe('What models cost it, as a factor on their price.'),
    prices: shownOverrides,
    disclosure,
    billing: z.object({
      mode: z.enum(['prepaid', 'arrears']),
      creditLimit: money.describe('In arrears: how far below zero calls may take the balance.'),
    }),
    billTo: z
      .object({ name: z.string().nullable(), address: z.string().nullable(), taxNumber: z.string().nullable() })
      .describe('What stands on its invoices; without a name, its own.'),
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
    mode: z.enum(['prepaid', 'arrears']),
    creditLimit: money.describe('How far below zero calls may take the balance: 0 where it is prepaid.'),
    spendable: money.describe('available + creditLimit'),
  })
  .meta({ title: 'Balance' })

const line = z.string().trim().min(1).max(200)

const billing = z
  .discriminatedUnion('mode', [
    z.strictObject({ mode: z.literal('prepaid') }),
    z.strictObject({ mode: z.literal('arrears'), creditLimit: decimal.describe('How far below zero calls may take the balance.') }),
  ])
  .describe('Paid beforehand, or invoiced after the end of each month, up to a limit.')

const billTo = z
  .strictObject({
    name: line.nullable().optional(),
    address: z.string().trim().min(1).max(1_000).nullable().optional().describe('Lines, as they stand on an envelope.'),
    taxNumber: line.nullable().optional(),
  })
  .describe('What stands on its invoices from the next one on.')

const invoicing = { billing: billing.optional(), billTo: billTo.optional() }

const caps = { cap: cap.nullable().optional(), userCap: cap.nullable().optional(), tagCap: cap.nullable().optional() }

const terms = { priceFactor: factor.optional(), prices: priceOverrides.optional(), disclosure: disclosure.optional() }

const tag = 'Organizations'

export const organizationRoutes = {
  listOrganizations: {
    method: 'GET',
    path: '/api/organizations',
    tag,
    summary: 'List organizations',
    permission: 'organizations:read',
    withinTeam: true,
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
      ...invoicing,
      ...caps,
      ...terms,
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
    withinTeam: true,
    params: byId,
    status: 200,
    response: organization,
  },
  updateOrganization: {
    method: 'PATCH',
    path: '/api/organizations/{id}',
    tag,
    summary:
      'Rename an organization, move its zone, set its spend caps, how much refusals tell, what stands on its invoices, its overdraft and how it is billed (these need money:write too), its limits and prices (need organizations:create too)',
    permission: 'organizations:write',
    params: byId,
    body: z.strictObject({
      name: name.optional(),
      zone: zone.optional(),
      overdraft: decimal.optional(),
      limits: limits.optional(),
      ...invoicing,
      ...caps,
      ...terms,
    }),
    status: 200,
    response: organization,
  },
  suspendOrganization: {
    method: 'POST',
    path: '/api/organizations/{id}/suspend',
    tag,
    summary: 'Refuse every call of its keys, in force within a second; requests that are running end as they are',
    permission: 'organizations:suspend',
    params: byId,
    body: z.strictObject({ reason: reason.describe('Callers are told.') }),
    status: 200,
    response: organization,
    idempotent: true,
  },
  resumeOrganization: {
    method: 'POST',
    path: '/api/organizations/{id}/resume',
    tag,
    summary: 'Let its keys make calls again, in force within a second',
    permission: 'organizations:suspend',
    params: byId,
    body: z.strictObject({}),
    status: 200,
    response: organization,
    idempotent: true,
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

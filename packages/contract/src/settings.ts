import { z } from 'zod'
import { managedBy } from './managed.ts'
import type { RouteSpec } from './route.ts'

const httpUrl = z.url({ protocol: /^https?$/, error: 'not an http or https URL', abort: true })

const publicUrl = httpUrl.refine((text) => {
  const { search, hash, username } = new URL(text)
  return search === '' && hash === '' && username === ''
}, 'has a query, a fragment or a user: write scheme, host and path alone')

/** Null takes a member back to its default. */
const members = z.strictObject({
  allModels: z.boolean().nullable().optional().describe('Every model of a connected provider is callable as `provider/model`.'),
  publicUrl: publicUrl.nullable().optional().describe('How callers reach the gateway; used in links.'),
  billing: z
    .strictObject({
      topUpUrl: httpUrl.nullable().optional().describe('Page where a customer tops up.'),
      contact: z.string().min(1).nullable().optional().describe('Whom a customer asks for credit.'),
      seller: z
        .strictObject({
          name: z.string().trim().min(1).max(200).nullable().optional(),
          address: z.string().trim().min(1).max(1_000).nullable().optional().describe('Lines, as they stand on an envelope.'),
          taxNumber: z.string().trim().min(1).max(200).nullable().optional(),
        })
        .optional()
        .describe('Who issues invoices, on those from the next one on.'),
      dueDays: z.int().min(0).max(365).nullable().optional().describe('Days from the issue of an invoice until it is overdue.'),
    })
    .optional()
    .describe('What refusals for lack of balance say, and what stands on invoices.'),
  sliceTokens: z.int().min(1).max(1_000_000).nullable().optional().describe('Output tokens that one hold of a stream covers.'),
  maxOutputWhenAbsent: z
    .int()
    .min(1)
    .max(100_000_000)
    .nullable()
    .optional()
    .describe('Output limit where the caller gives none, if the balance affords it.'),
  cors: z
    .strictObject({
      origins: z.array(z.string().min(1)).nullable().optional().describe('Origins of web pages that may call the data plane; `*` for all.'),
    })
    .optional()
    .describe('Calls from browsers.'),
  prices: z
    .strictObject({
      approveAbove: z
        .number()
        .min(0)
        .max(1_000)
        .nullable()
        .optional()
        .describe('Share by which a newer catalogue may change a price in force without approval; 0.1 is a tenth.'),
    })
    .optional()
    .describe("The catalogue's prices."),
})

const source = managedBy.extend({ source: z.enum(['file', 'environment', 'database', 'default']) })

function setting<T extends z.ZodType>(value: T) {
  return z.object({ value, managedBy: source })
}

export const settings = z
  .object({
    allModels: setting(z.boolean()),
    publicUrl: setting(z.string()),
    billing: z.object({
      topUpUrl: setting(z.string().nullable()),
      contact: setting(z.string().nullable()),
      seller: z.object({
        name: setting(z.string().nullable()),
        address: setting(z.string().nullable()),
        taxNumber: setting(z.string().nullable()),
      }),
      dueDays: setting(z.number()),
    }),
    sliceTokens: setting(z.number()),
    maxOutputWhenAbsent: setting(z.number()),
    cors: z.object({ origins: setting(z.array(z.string())) }),
    prices: z.object({ approveAbove: setting(z.number()) }),
  })
  .meta({ title: 'Settings' })

const tag = 'Settings'

export const settingRoutes = {
  getSettings: {
    method: 'GET',
    path: '/api/settings',
    tag,
    summary: 'See what can change at run time, and where each value comes from: file, environment, database or default',
    permission: 'settings:read',
    status: 200,
    response: settings,
  },
  updateSettings: {
    method: 'PATCH',
    path: '/api/settings',
    tag,
    summary: 'Change settings, without a restart; null takes one back to its default',
    permission: 'settings:write',
    body: members,
    status: 200,
    response: settings,
  },
} as const satisfies Record<string, RouteSpec>

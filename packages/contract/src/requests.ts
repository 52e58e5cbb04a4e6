import { BUCKETS, VIOLATION_PLACES } from '@faregate/core'
import { z } from 'zod'
import { byId, id, listOf, money, page, paging, time, window } from './common.ts'
import type { RouteSpec } from './route.ts'

/** Counts by bucket; a bucket that is absent was not reported. */
export const buckets = z.partialRecord(z.enum(BUCKETS), z.number())

const attempt = z.object({
  provider: z.string().nullable().describe('Null: it was an upstream of a published API.'),
  model: z.string().nullable(),
  upstream: z.number().optional().describe('Which of the upstreams of the release it was, from 1 on.'),
  status: z.number().nullable(),
  outcome: z.string(),
  error: z.string().nullable(),
  buckets,
  latencyMs: z.number(),
  ttftMs: z.number().nullable(),
  connection: z
    .object({
      ms: z.number().describe('For how long it was open.'),
      receivedBytes: z.number().describe('From the caller.'),
      sentBytes: z.number().describe('To the caller.'),
      ended: z.enum(['caller', 'upstream', 'idle', 'shutdown']).describe('Who ended it.'),
    })
    .optional()
    .describe('What passed through the WebSocket that it opened.'),
})

/** Something of a call that is not as the document of the API says. */
export const violation = z.object({
  in: z.enum(['request', 'response']),
  where: z.enum(VIOLATION_PLACES),
  pointer: z
    .string()
    .describe('JSON pointer within that place; `*` stands for numbers of items and for names that the document does not know.'),
  rule: z.string().describe('The keyword of JSON Schema that it breaks, or `json`, `type`, `status`, `effort`.'),
})

export const request = z
  .object({
    id: z.string(),
    at: time,
    organization: z.string().nullable(),
    application: z.string().nullable(),
    key: z.string().nullable(),
    user: z.string().nullable(),
    tags: z.string().nullable(),
    path: z.string(),
    model: z.string().nullable(),
    api: z.string().nullable().describe('The published API that was called.'),
    route: z.string().nullable().describe('Which of its routes: `GET /forecast/{city}`.'),
    release: z.number().nullable().describe('Which of its releases was in force. Null: it has none, or the record is older.'),
    stream: z.boolean(),
    outcome: z.string().describe('served, partial, refused, failed or aborted'),
    denial: z.string().nullable().describe('The code of the refusal.'),
    denialId: z.string().nullable(),
    status: z.number(),
    cost: money,
    providerCost: money.nullable(),
    priceVersion: z.string().nullable(),
    estimated: z.boolean().describe('Whether the charge rests on our own count.'),
    flags: z.array(z.string()),
    delivery: z.string().describe('confirmed, unconfirmed or none'),
    clamped: z.number().nullable().describe('The output limit that was put in for the caller.'),
    latencyMs: z.number(),
    ttftMs: z.number().nullable(),
    attempts: z.array(attempt),
    measured: z
      .object({
        sent: z.number().optional().describe("Bytes of the request's body."),
        received: z.number().optional().describe("Bytes of the answer's body; of one that broke off, those that were delivered."),
        units: z.number().optional().describe('As many as are charged.'),
        cache: z
          .enum(['hit', 'revalidated', 'stale', 'miss', 'bypass'])
          .optional()
          .describe('Where the answer came from, where those of the API are kept.'),
      })
      .describe('What the charge was reckoned from; empty where it does not depend on what goes through a call.'),
    violations: z.array(violation).describe('In what it differed from the document of its API, where it was compared.'),
  })
  .meta({ title: 'Request' })

/** The filters of requests, usage and denials. */
export const filters = {
  organization: id.optional(),
  application: id.optional(),
  key: id.optional(),
  model: z.string().max(300).optional(),
  api: z.string().max(300).optional(),
  route: z.string().max(600).optional(),
  user: z.string().max(300).optional(),
  tag: z.string().max(64).optional().describe('One of those that requests name in `Faregate-Tags`.'),
  ...window,
}

export const USAGE_GROUPS = ['organization', 'application', 'key', 'model', 'api', 'route', 'provider', 'user', 'tag', 'day'] as const

const totals = { requests: z.number(), buckets, cost: money, providerCost: money.nullable() }

const group = z.object({
  organization: z.string().nullable().optional(),
  application: z.string().nullable().optional(),
  key: z.string().nullable().optional(),
  model: z.string().nullable().optional(),
  api: z.string().nullable().optional(),
  route: z.string().nullable().optional(),
  provider: z.string().nullable().optional(),
  user: z.string().nullable().optional(),
  tag: z.string().nullable().optional().describe('A request with several counts for each.'),
  day: z.string().nullable().optional(),
  ...totals,
})

export const usage = z
  .object({ currency: z.string(), ...totals, groups: z.array(group).optional().describe('One for each combination of `groupBy`.') })
  .meta({ title: 'Usage' })

export const refund = z.object({ id: z.string(), request: z.string(), amount: money, reason: z.string() }).meta({ title: 'Refund' })

export const requestRoutes = {
  getUsage: {
    method: 'GET',
    path: '/api/usage',
    tag: 'Usage',
    summary: 'Totals of what was used, served and charged',
    permission: 'usage:read',
    withinTeam: true,
    query: z.strictObject({ ...filters, groupBy: listOf(USAGE_GROUPS).describe('Separated by commas; days are in UTC.') }),
    status: 200,
    response: usage,
  },
  listRequests: {
    method: 'GET',
    path: '/api/requests',
    tag: 'Usage',
    summary: 'List requests',
    permission: 'requests:read',
    withinTeam: true,
    query: z.strictObject({ ...paging, ...filters, outcome: z.string().max(40).optional() }),
    status: 200,
    response: page(request),
  },
  getRequest: {
    method: 'GET',
    path: '/api/requests/{id}',
    tag: 'Usage',
    summary: 'See a request: what it used, cost, and how each attempt went',
    permission: 'requests:read',
    withinTeam: true,
    params: byId,
    status: 200,
    response: request,
  },
} as const satisfies Record<string, RouteSpec>

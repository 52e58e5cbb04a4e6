import { z } from 'zod'
import { byId, id, listOf, page, paging, time, window } from './common.ts'
import type { RouteSpec } from './route.ts'

export const denial = z
  .object({
    id: z.string(),
    at: time,
    code: z.string(),
    status: z.number(),
    requestId: z.string(),
    organization: z.string().nullable(),
    key: z.string().nullable(),
    detail: z.string(),
  })
  .meta({ title: 'Denial' })

/** The whole decision. */
export const decision = denial
  .extend({
    problem: z.record(z.string(), z.unknown()).describe('What the caller was answered.'),
    trace: z.array(z.object({ check: z.string(), result: z.string(), facts: z.record(z.string(), z.unknown()).optional() })),
    operatorDetail: z.string().nullable().describe('For the operator alone; null for others.'),
    configurationVersion: z.number(),
  })
  .meta({ title: 'Decision' })

export const DENIAL_GROUPS = ['code', 'key', 'organization', 'day'] as const

const group = z.object({
  code: z.string().nullable().optional(),
  key: z.string().nullable().optional(),
  organization: z.string().nullable().optional(),
  day: z.string().nullable().optional(),
  count: z.number(),
})

const tag = 'Refusals'

export const denialRoutes = {
  listDenials: {
    method: 'GET',
    path: '/api/denials',
    tag,
    summary: 'List refusals, or count them by group',
    permission: 'denials:read',
    withinTeam: true,
    query: z.strictObject({
      ...paging,
      ...window,
      code: z.string().max(100).optional(),
      key: id.optional(),
      organization: id.optional(),
      groupBy: listOf(DENIAL_GROUPS).describe('Separated by commas; days are in UTC. Adds `groups` and leaves `data` empty.'),
    }),
    status: 200,
    response: page(denial).extend({ groups: z.array(group).optional() }),
  },
  getDenial: {
    method: 'GET',
    path: '/api/denials/{id}',
    tag,
    summary: 'See a refusal: every check in order',
    permission: 'denials:read',
    withinTeam: true,
    params: byId,
    status: 200,
    response: decision,
  },
} as const satisfies Record<string, RouteSpec>

import { z } from 'zod'
import { byId, decimal, id, paging, page, reason, time } from './common.ts'
import { userName } from './named-caps.ts'
import type { RouteSpec } from './route.ts'

const STATES = ['open', 'approved', 'rejected'] as const

const counted = z.string().min(1).max(300)

/** What is asked for more of. With a key, `id` may be left out where the key says it. */
export const subject = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('cap'),
      level: z.enum(['key', 'member', 'user', 'tag', 'team', 'org']),
      id: userName.optional().describe('Of key, member, team; the name of a user or a tag.'),
    }),
    z.strictObject({
      kind: z.literal('limit'),
      level: z.enum(['key', 'app', 'plan', 'org']),
      id: id.optional().describe('Of a plan: of the subscription to it.'),
      limit: z.string().max(60).describe('What the headers call it after its level: `requests-minute`, `concurrency`.'),
    }),
    z
      .strictObject({
        kind: z.literal('quota'),
        id: id.describe('Of the subscription.'),
        counts: z.enum(['requests', 'tokens']),
        models: counted.optional().describe('Which models it counts calls of, as the plan writes it.'),
        apis: counted.optional().describe('The same of published APIs, instead.'),
      })
      .refine(({ models, apis }) => (models === undefined) !== (apis === undefined), 'names either models or apis'),
  ])
  .meta({ title: 'Subject of a limit request' })

const value = z.union([decimal, z.int().min(1)], 'a cap takes "5.00", a limit or a quota 100')

/** What a caller asks: of what, how much, why. */
export const ask = z.strictObject({ subject, value: value.optional().describe('Absent: whoever decides chooses.'), reason })

/** What a caller is told of a request. */
export const limitRequest = z
  .object({
    id: z.string(),
    organization: z.string(),
    subject,
    title: z.string().describe('The subject for people.'),
    unit: z.string(),
    per: z.string().nullable(),
    current: z.string().describe('When it was asked.'),
    value: z.string().nullable().describe('What was asked for; null: whoever decides chooses.'),
    reason: z.string(),
    askedBy: z.string().describe('A key, or a management token.'),
    state: z.enum(STATES),
    decision: z
      .object({
        value: z.string().nullable().describe('In force since then; null: nothing was changed.'),
        reason: z.string().nullable(),
        by: z.string(),
        at: time,
      })
      .nullable(),
    createdAt: time,
    pollUrl: z.string().describe('Where the caller sees, with its key, what became of it.'),
  })
  .meta({ title: 'Limit request' })

const usage = z
  .object({
    per: z.string().describe('What each of the numbers is of: a period, a window, or the requests that ran at the same time.'),
    days: z.number(),
    p50: z.string(),
    p99: z.string(),
    peak: z.string(),
    complete: z.boolean().describe('False: only the newest requests were looked at.'),
  })
  .describe(
    'What was used of it in the last days, over those periods or windows in which anything was. Of a plan: by all of the organization.',
  )

/** The same for whoever decides. */
const decidable = limitRequest.extend({
  usage: usage.nullable().describe('Null once it is decided.'),
  proposal: z.object({ value: z.string(), rule: z.string() }).nullable(),
  needs: z.string().describe('The permission that deciding takes.'),
})

const tag = 'Limit requests'

export const limitRequestRoutes = {
  listLimitRequests: {
    method: 'GET',
    path: '/api/organizations/{id}/limit-requests',
    tag,
    summary: 'List the requests for higher limits of an organization, each with what was used and a proposed value',
    permission: 'limit-requests:read',
    withinTeam: true,
    params: byId,
    query: z.strictObject({ ...paging, limit: z.coerce.number().int().min(1).max(20).default(20), state: z.enum(STATES).optional() }),
    status: 200,
    response: page(decidable),
  },
  createLimitRequest: {
    method: 'POST',
    path: '/api/organizations/{id}/limit-requests',
    tag,
    summary: 'Ask for a higher limit; while one is open for the same, that is answered',
    permission: 'limit-requests:write',
    withinTeam: true,
    params: byId,
    body: ask,
    status: 201,
    response: limitRequest,
    idempotent: true,
  },
  getLimitRequest: {
    method: 'GET',
    path: '/api/limit-requests/{id}',
    tag,
    summary: 'See a request for a higher limit, with what was used and a proposed value',
    permission: 'limit-requests:read',
    withinTeam: true,
    params: byId,
    status: 200,
    response: decidable,
  },
  decideLimitRequest: {
    method: 'POST',
    path: '/api/limit-requests/{id}/decision',
    tag,
    summary: 'Approve a request, which changes the limit at once, or reject it; takes the permission that the change itself needs',
    permission: 'limit-requests:decide',
    withinTeam: true,
    params: byId,
    body: z.strictObject({
      decision: z.enum(['approve', 'reject']),
      value: value.optional().describe('Of `approve`: what holds from now on. Absent: what was asked for, else what is proposed.'),
      reason: reason.optional().describe('Needed to reject.'),
    }),
    status: 201,
    response: limitRequest,
    idempotent: true,
  },
} as const satisfies Record<string, RouteSpec>

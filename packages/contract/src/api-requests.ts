import { z } from 'zod'
import { apiCanaryRoutes } from './api-canary.ts'
import { fieldChange } from './api-design.ts'
import { apiReleaseRoutes } from './api-releases.ts'
import { apiStagingRoutes } from './api-staging.ts'
import { byName, reason, time } from './common.ts'
import type { RouteSpec } from './route.ts'

const request = z
  .object({
    id: z.string(),
    api: z.string(),
    action: z.enum(['publish', 'canary', 'promote', 'promoteStaged', 'dropApproval']),
    body: z.unknown().describe('What was asked for, as it was sent.'),
    base: z.number().describe('The release that was in force when it was asked for; 0: none.'),
    changes: z.array(fieldChange).describe('Member by member: what callers would have, beside what they had.'),
    overridden: z.array(z.string()).describe('What the doctor said against it, and is overridden.'),
    askedBy: z.string(),
    state: z.enum(['pending', 'void', 'approved', 'rejected']).describe('`void`: something else is in force since it was asked for.'),
    createdAt: time,
    decidedBy: z.string().nullable(),
    decidedAt: time.nullable(),
    reason: z.string().nullable(),
  })
  .meta({ title: 'ApiRequest' })

const required = z.object({ required: z.boolean().describe('Whether what callers have is changed by two people.') })

const one = byName.extend({ request: z.string().min(1).max(200) })

const tag = 'API approval'

export const apiRequestRoutes = {
  getApiApproval: {
    method: 'GET',
    path: '/api/apis/{name}/approval',
    tag,
    summary: 'Whether a second person has to agree before callers of an API have something else',
    permission: 'apis:read',
    params: byName,
    status: 200,
    response: required,
  },
  setApiApproval: {
    method: 'PUT',
    path: '/api/apis/{name}/approval',
    tag,
    summary: 'Let a second person agree before callers of an API have something else; it is ended by two people as well',
    permission: 'apis:write',
    params: byName,
    body: z.strictObject({ required: z.boolean() }),
    status: 200,
    response: required,
  },
  listApiRequests: {
    method: 'GET',
    path: '/api/apis/{name}/requests',
    tag,
    summary: 'What was asked for, newest first: the 100 newest',
    permission: 'apis:read',
    params: byName,
    status: 200,
    response: z.object({ data: z.array(request), next: z.null() }),
  },
  createApiRequest: {
    method: 'POST',
    path: '/api/apis/{name}/requests',
    tag,
    summary: 'Ask for one change of what callers have, to which somebody else agrees; the doctor looks now, and once more then',
    permission: 'apis:write',
    params: byName,
    body: z.strictObject({
      publish: apiReleaseRoutes.publishApi.body.optional(),
      canary: apiCanaryRoutes.setApiCanary.body.optional(),
      promote: apiCanaryRoutes.promoteApiCanary.body.optional(),
      promoteStaged: apiStagingRoutes.promoteStagedApi.body.optional(),
      dropApproval: z.literal(true).optional().describe('That nobody has to agree any more.'),
    }),
    status: 201,
    response: request,
    idempotent: true,
  },
  approveApiRequest: {
    method: 'POST',
    path: '/api/apis/{name}/requests/{request}/approve',
    tag,
    summary: 'Agree to what somebody else asked for: it is done, if nothing else is in force since then',
    permission: 'apis:write',
    params: one,
    body: z.strictObject({}),
    status: 200,
    response: request,
    idempotent: true,
  },
  rejectApiRequest: {
    method: 'POST',
    path: '/api/apis/{name}/requests/{request}/reject',
    tag,
    summary: 'Reject what somebody else asked for, with a reason',
    permission: 'apis:write',
    params: one,
    body: z.strictObject({ reason }),
    status: 200,
    response: request,
    idempotent: true,
  },
} as const satisfies Record<string, RouteSpec>

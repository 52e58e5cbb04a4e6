import { z } from 'zod'
import { byName, nothing } from './common.ts'
import { override, release } from './api-releases.ts'
import type { RouteSpec } from './route.ts'
import { canaryTerms } from './canary-terms.ts'

const number = z.int().min(1)

const tag = 'API releases'

export const apiCanaryRoutes = {
  setApiCanary: {
    method: 'PUT',
    path: '/api/apis/{name}/canary',
    tag,
    summary: 'Try a release of an API beside the one in force, or change for which calls; whoever had it keeps it when its share grows',
    permission: 'apis:write',
    params: byName,
    body: z.strictObject({ release: number.describe('The release that is tried.'), ...canaryTerms.shape, override }),
    status: 200,
    response: release,
  },
  promoteApiCanary: {
    method: 'POST',
    path: '/api/apis/{name}/canary/promote',
    tag,
    summary: 'Put the release that is tried in force for all callers',
    permission: 'apis:write',
    params: byName,
    body: z.strictObject({ release: number.describe('The release that was looked at: nothing else is put in force.') }),
    status: 200,
    response: release,
    idempotent: true,
  },
  stopApiCanary: {
    method: 'DELETE',
    path: '/api/apis/{name}/canary',
    tag,
    summary: 'Try nothing beside the release in force any more; its callers are served by that one again',
    permission: 'apis:write',
    params: byName,
    status: 204,
    response: nothing,
  },
} as const satisfies Record<string, RouteSpec>

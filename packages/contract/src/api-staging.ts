import { z } from 'zod'
import { override, release } from './api-releases.ts'
import { byName, nothing } from './common.ts'
import type { RouteSpec } from './route.ts'

const number = z.int().min(1)

const tag = 'API releases'

export const apiStagingRoutes = {
  stageApi: {
    method: 'PUT',
    path: '/api/apis/{name}/staging',
    tag,
    summary: 'Put a release of an API in staging, where keys of that stage call it below `/staging`; production stays as it is',
    permission: 'apis:write',
    params: byName,
    body: z.strictObject({ release: number, override }),
    status: 200,
    response: release,
  },
  promoteStagedApi: {
    method: 'POST',
    path: '/api/apis/{name}/staging/promote',
    tag,
    summary: 'Put the release that is in staging in force in production as well, as it is',
    permission: 'apis:write',
    params: byName,
    body: z.strictObject({
      release: number.describe('The release that was looked at: nothing else is put in force.'),
      base: z.int().min(0).optional().describe('The release over which it is put. Absent: the one that was in force when it was made.'),
      override,
    }),
    status: 200,
    response: release,
    idempotent: true,
  },
  unstageApi: {
    method: 'DELETE',
    path: '/api/apis/{name}/staging',
    tag,
    summary: 'Take what is in staging away; production stays as it is',
    permission: 'apis:write',
    params: byName,
    status: 204,
    response: nothing,
  },
} as const satisfies Record<string, RouteSpec>

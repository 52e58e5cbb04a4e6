import { z } from 'zod'
import { byId, id, name, page, paging, time } from './common.ts'
import { limits } from './limits.ts'
import type { RouteSpec } from './route.ts'

export const application = z
  .object({ id: z.string(), name: z.string(), organization: z.string(), team: z.string().nullable(), limits, createdAt: time })
  .meta({ title: 'Application' })

const team = id.nullable().describe('Whose spend cap it counts against; null: none.')

const tag = 'Applications'

export const applicationRoutes = {
  listApplications: {
    method: 'GET',
    path: '/api/applications',
    tag,
    summary: 'List applications',
    permission: 'applications:read',
    query: z.strictObject({ ...paging, organization: id.optional() }),
    status: 200,
    response: page(application),
  },
  listApplicationsOfOrganization: {
    method: 'GET',
    path: '/api/organizations/{id}/applications',
    tag,
    summary: 'List the applications of an organization',
    permission: 'applications:read',
    params: byId,
    query: z.strictObject(paging),
    status: 200,
    response: page(application),
  },
  createApplication: {
    method: 'POST',
    path: '/api/organizations/{id}/applications',
    tag,
    summary: 'Create an application',
    permission: 'applications:write',
    params: byId,
    body: z.strictObject({ name, team: team.optional(), limits: limits.optional() }),
    status: 201,
    response: application,
    idempotent: true,
  },
  getApplication: {
    method: 'GET',
    path: '/api/applications/{id}',
    tag,
    summary: 'See an application',
    permission: 'applications:read',
    params: byId,
    status: 200,
    response: application,
  },
  updateApplication: {
    method: 'PATCH',
    path: '/api/applications/{id}',
    tag,
    summary: 'Rename an application, move it to another team, set its limits',
    permission: 'applications:write',
    params: byId,
    body: z.strictObject({ name: name.optional(), team: team.optional(), limits: limits.optional() }),
    status: 200,
    response: application,
  },
} as const satisfies Record<string, RouteSpec>

import { z } from 'zod'
import { byId, id, name, page, paging, time } from './common.ts'
import { limits } from './limits.ts'
import type { RouteSpec } from './route.ts'

export const application = z
  .object({
    id: z.string(),
    name: z.string(),
    organization: z.string(),
    team: z.string().nullable(),
    owner: z.string().nullable().describe('The member whom to turn to.'),
    limits,
    createdAt: time,
  })
  .meta({ title: 'Application' })

const team = id.nullable().describe('Whose spend cap it counts against; null: none.')

const owner = id.nullable().describe('The member whom to turn to; null: nobody.')

const tag = 'Applications'

export const applicationRoutes = {
  listApplications: {
    method: 'GET',
    path: '/api/applications',
    tag,
    summary: 'List applications',
    permission: 'applications:read',
    withinTeam: true,
    query: z.strictObject({ ...paging, organization: id.optional(), owner: id.optional() }),
    status: 200,
    response: page(application),
  },
  listApplicationsOfOrganization: {
    method: 'GET',
    path: '/api/organizations/{id}/applications',
    tag,
    summary: 'List the applications of an organization',
    permission: 'applications:read',
    withinTeam: true,
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
    withinTeam: true,
    params: byId,
    body: z.strictObject({
      name,
      team: team.optional(),
      owner: owner.optional().describe('Absent: the member whose token this is called with; null: nobody.'),
      limits: limits.optional(),
    }),
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
    withinTeam: true,
    params: byId,
    status: 200,
    response: application,
  },
  updateApplication: {
    method: 'PATCH',
    path: '/api/applications/{id}',
    tag,
    summary: 'Rename an application, move it to another team or owner, set its limits',
    permission: 'applications:write',
    withinTeam: true,
    params: byId,
    body: z.strictObject({ name: name.optional(), team: team.optional(), owner: owner.optional(), limits: limits.optional() }),
    status: 200,
    response: application,
  },
} as const satisfies Record<string, RouteSpec>

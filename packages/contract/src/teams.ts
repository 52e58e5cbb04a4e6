import { z } from 'zod'
import { cap, shownCap } from './caps.ts'
import { byId, id, name, nothing, page, paging, time } from './common.ts'
import type { RouteSpec } from './route.ts'

export const team = z
  .object({
    id: z.string(),
    name: z.string(),
    organization: z.string(),
    cap: shownCap.nullable().describe('How much its applications may spend together in a period.'),
    createdAt: time,
  })
  .meta({ title: 'Team' })

const tag = 'Teams'

export const teamRoutes = {
  listTeams: {
    method: 'GET',
    path: '/api/teams',
    tag,
    summary: 'List teams',
    permission: 'teams:read',
    withinTeam: true,
    query: z.strictObject({ ...paging, organization: id.optional() }),
    status: 200,
    response: page(team),
  },
  createTeam: {
    method: 'POST',
    path: '/api/organizations/{id}/teams',
    tag,
    summary: 'Create a team of an organization',
    permission: 'teams:write',
    params: byId,
    body: z.strictObject({ name, cap: cap.nullable().optional() }),
    status: 201,
    response: team,
    idempotent: true,
  },
  getTeam: {
    method: 'GET',
    path: '/api/teams/{id}',
    tag,
    summary: 'See a team',
    permission: 'teams:read',
    withinTeam: true,
    params: byId,
    status: 200,
    response: team,
  },
  updateTeam: {
    method: 'PATCH',
    path: '/api/teams/{id}',
    tag,
    summary: 'Rename a team, or set its spend cap, in force within a second',
    permission: 'teams:write',
    withinTeam: true,
    params: byId,
    body: z.strictObject({ name: name.optional(), cap: cap.nullable().optional() }),
    status: 200,
    response: team,
  },
  deleteTeam: {
    method: 'DELETE',
    path: '/api/teams/{id}',
    tag,
    summary: 'Remove a team that no application belongs to',
    permission: 'teams:write',
    params: byId,
    status: 204,
    response: nothing,
  },
} as const satisfies Record<string, RouteSpec>

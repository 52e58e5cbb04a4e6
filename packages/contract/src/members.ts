import { z } from 'zod'
import { cap, shownCap } from './caps.ts'
import { byId, id, instant, name, nothing, page, paging, time } from './common.ts'
import type { RouteSpec } from './route.ts'
import { createdToken } from './tokens.ts'

export const member = z
  .object({
    id: z.string(),
    organization: z.string(),
    name: z.string(),
    email: z.string(),
    role: z.string().describe('A built-in role, or the id of one of the organization.'),
    team: z.string().nullable().describe('In which alone the role holds; null: in the whole organization.'),
    cap: shownCap.nullable().describe('How much may be spent in a period with the keys that belong to the member.'),
    createdAt: time,
  })
  .meta({ title: 'Member' })

const email = z.email('not an e-mail address').max(254).toLowerCase()
const team = id.nullable().optional().describe('A team, in which alone the role holds; null: in the whole organization.')
const tag = 'Members'

export const memberRoutes = {
  listMembers: {
    method: 'GET',
    path: '/api/members',
    tag,
    summary: 'List members of organizations',
    permission: 'members:read',
    withinTeam: true,
    query: z.strictObject({ ...paging, organization: id.optional() }),
    status: 200,
    response: page(member),
  },
  createMember: {
    method: 'POST',
    path: '/api/organizations/{id}/members',
    tag,
    summary: 'Add a member with a role, of which the caller holds every permission',
    permission: 'members:write',
    withinTeam: true,
    params: byId,
    body: z.strictObject({ name, email, role: id, team, cap: cap.nullable().optional() }),
    status: 201,
    response: member,
    idempotent: true,
  },
  getMember: {
    method: 'GET',
    path: '/api/members/{id}',
    tag,
    summary: 'See a member',
    permission: 'members:read',
    withinTeam: true,
    params: byId,
    status: 200,
    response: member,
  },
  updateMember: {
    method: 'PATCH',
    path: '/api/members/{id}',
    tag,
    summary: 'Change the name, role, team or spend cap of a member, in force within a second',
    permission: 'members:write',
    withinTeam: true,
    params: byId,
    body: z.strictObject({ name: name.optional(), role: id.optional(), team, cap: cap.nullable().optional() }),
    status: 200,
    response: member,
  },
  removeMember: {
    method: 'DELETE',
    path: '/api/members/{id}',
    tag,
    summary: 'End a membership: its management tokens and keys are revoked for good, its applications get another owner',
    permission: 'members:write',
    withinTeam: true,
    params: byId,
    query: z.strictObject({ successor: id.optional().describe('Who owns its applications then. Absent: whoever ends it, or nobody.') }),
    status: 204,
    response: nothing,
  },
  createMemberToken: {
    method: 'POST',
    path: '/api/members/{id}/tokens',
    tag,
    summary: 'Create a management token that may do what the role of the member allows at the time; it is shown once',
    permission: 'tokens:write',
    withinTeam: true,
    params: byId,
    body: z.strictObject({ name, expiresAt: instant.nullable().optional() }),
    status: 201,
    response: createdToken,
    idempotent: true,
  },
} as const satisfies Record<string, RouteSpec>

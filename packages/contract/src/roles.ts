import { z } from 'zod'
import { byId, name, nothing, time } from './common.ts'
import { PERMISSION_NAMES } from './permissions.ts'
import type { RouteSpec } from './route.ts'

export const role = z
  .object({
    id: z.string().describe('Of a built-in role: its name.'),
    name: z.string(),
    organization: z.string().nullable().describe('Null: built in, and the same everywhere.'),
    permissions: z.array(z.string()),
    createdAt: time.nullable(),
  })
  .meta({ title: 'Role' })

const permissions = z.array(z.enum(PERMISSION_NAMES)).min(1)
const tag = 'Members'

export const roleRoutes = {
  listRoles: {
    method: 'GET',
    path: '/api/organizations/{id}/roles',
    tag,
    summary: 'List the built-in roles and those of an organization',
    permission: 'roles:read',
    params: byId,
    status: 200,
    response: z.object({ data: z.array(role), next: z.null() }),
  },
  createRole: {
    method: 'POST',
    path: '/api/organizations/{id}/roles',
    tag,
    summary: 'Create a role of an organization from permissions that the caller holds',
    permission: 'roles:write',
    params: byId,
    body: z.strictObject({ name, permissions }),
    status: 201,
    response: role,
    idempotent: true,
  },
  updateRole: {
    method: 'PATCH',
    path: '/api/roles/{id}',
    tag,
    summary: 'Rename a role, or change what its members may do, in force within a second',
    permission: 'roles:write',
    params: byId,
    body: z.strictObject({ name: name.optional(), permissions: permissions.optional() }),
    status: 200,
    response: role,
  },
  deleteRole: {
    method: 'DELETE',
    path: '/api/roles/{id}',
    tag,
    summary: 'Remove a role that no member has',
    permission: 'roles:write',
    params: byId,
    status: 204,
    response: nothing,
  },
} as const satisfies Record<string, RouteSpec>

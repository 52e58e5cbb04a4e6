import { z } from 'zod'
import { byId, id, instant, name, nothing, page, paging, time } from './common.ts'
import { PERMISSION_NAMES } from './permissions.ts'
import type { RouteSpec } from './route.ts'

export const token = z
  .object({
    id: z.string(),
    name: z.string(),
    lastFour: z.string(),
    permissions: z.array(z.string()),
    organization: z.string().nullable().describe('The one organization it sees; null: all.'),
    member: z.string().nullable().describe('Whose it is: it may do what the role of the member allows, until the membership ends.'),
    expiresAt: time.nullable(),
    createdAt: time,
  })
  .meta({ title: 'Token' })

export const createdToken = token.extend({
  token: z.string().optional().describe('The token itself: shown once, absent when the answer is repeated.'),
})

const tag = 'Management tokens'

export const tokenRoutes = {
  listTokens: {
    method: 'GET',
    path: '/api/tokens',
    tag,
    summary: 'List management tokens',
    permission: 'tokens:read',
    query: z.strictObject(paging),
    status: 200,
    response: page(token),
  },
  createToken: {
    method: 'POST',
    path: '/api/tokens',
    tag,
    summary: 'Create a management token; it is shown once',
    permission: 'tokens:write',
    body: z.strictObject({
      name,
      permissions: z.array(z.enum(PERMISSION_NAMES)).min(1),
      organization: id.nullable().optional(),
      expiresAt: instant.nullable().optional(),
    }),
    status: 201,
    response: createdToken,
    idempotent: true,
  },
  revokeToken: {
    method: 'DELETE',
    path: '/api/tokens/{id}',
    tag,
    summary: 'Revoke a management token',
    permission: 'tokens:write',
    params: byId,
    status: 204,
    response: nothing,
  },
} as const satisfies Record<string, RouteSpec>

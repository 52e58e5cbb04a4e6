import { z } from 'zod'
import { visibility } from './api-presentation.ts'
import { api } from './apis.ts'
import { byName, id, name } from './common.ts'
import type { RouteSpec } from './route.ts'

export const apiListingRoutes = {
  updateApiListing: {
    method: 'PATCH',
    path: '/api/apis/{name}/listing',
    tag: 'APIs',
    summary: 'Say who sees an API in the catalogue, and who answers for it; it belongs to no release',
    permission: 'apis:write',
    params: byName,
    body: z.strictObject({
      visibility: visibility.optional(),
      owner: name.nullable().optional().describe('A team or a person, in words.'),
      invited: z.array(id).max(1000).optional().describe('Ids of all organizations that see it by invitation.'),
    }),
    status: 200,
    response: api,
  },
} as const satisfies Record<string, RouteSpec>

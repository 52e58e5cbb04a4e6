import { listing } from './api-presentation.ts'
import { api } from './apis.ts'
import { byName } from './common.ts'
import type { RouteSpec } from './route.ts'

export const apiListingRoutes = {
  updateApiListing: {
    method: 'PATCH',
    path: '/api/apis/{name}/listing',
    tag: 'APIs',
    summary: 'Say who sees an API in the catalogue, and who answers for it; it belongs to no release',
    permission: 'apis:write',
    params: byName,
    body: listing,
    status: 200,
    response: api,
  },
} as const satisfies Record<string, RouteSpec>

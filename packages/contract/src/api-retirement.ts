import { z } from 'zod'
import { api } from './apis.ts'
import { byName, instant, window } from './common.ts'
import { pageLink } from './retirement.ts'
import type { RouteSpec } from './route.ts'

const successor = z.string().min(1).max(64).optional().describe('The API that takes its place.')
const link = pageLink.optional().describe('A page that says how to move.')

const tag = 'API retirement'

export const apiRetirementRoutes = {
  deprecateApi: {
    method: 'POST',
    path: '/api/apis/{name}/deprecate',
    tag,
    summary: 'Tell callers of an API with each answer that it goes, until when, and what takes its place',
    permission: 'apis:write',
    params: byName,
    body: z.strictObject({ sunset: instant.optional().describe('When it is to be retired.'), successor, link }),
    status: 200,
    response: api,
    idempotent: true,
  },
  retireApi: {
    method: 'POST',
    path: '/api/apis/{name}/retire',
    tag,
    summary: 'Refuse all calls of an API with 410 and its successor; its releases and documents stay',
    permission: 'apis:write',
    params: byName,
    body: z.strictObject({ successor, link }),
    status: 200,
    response: api,
    idempotent: true,
  },
  reinstateApi: {
    method: 'POST',
    path: '/api/apis/{name}/reinstate',
    tag,
    summary: 'Take a deprecation or a retirement back',
    permission: 'apis:write',
    params: byName,
    body: z.strictObject({}),
    status: 200,
    response: api,
    idempotent: true,
  },
  listApiCallers: {
    method: 'GET',
    path: '/api/apis/{name}/callers',
    tag,
    summary: 'Who calls an API, and how often, most first',
    permission: 'apis:read',
    params: byName,
    query: z.strictObject({
      ...window,
      route: z.string().min(1).max(600).optional().describe('Of this route alone: `GET /forecast/{city}`.'),
    }),
    status: 200,
    response: z.object({
      data: z.array(
        z.object({
          organization: z.string().nullable(),
          application: z.string().nullable(),
          key: z.string().nullable(),
          requests: z.number(),
        }),
      ),
      next: z.null(),
    }),
  },
} as const satisfies Record<string, RouteSpec>

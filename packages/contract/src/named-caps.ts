import { z } from 'zod'
import { cap, shownCap } from './caps.ts'
import { id, nothing, page, paging } from './common.ts'
import type { RouteSpec } from './route.ts'

/** What callers call an end user: anything, but for characters that nobody could type or a database could not keep. */
export const userName = z
  .string()
  .min(1)
  .max(300)
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'has control characters')

/** A tag as `Faregate-Tags` carries it. */
export const tagName = z
  .string()
  .regex(/^[^\u0000-\u001f\u007f,]{1,64}$/, 'a tag has 1 to 64 characters, none of them a comma')
  .refine((text) => text.trim() === text, 'begins or ends with a space')

export const namedCap = z
  .object({ organization: z.string(), kind: z.enum(['user', 'tag']), name: z.string(), cap: shownCap })
  .meta({ title: 'Cap of a user or a tag' })

const ofUser = z.object({ id, user: userName })
const ofTag = z.object({ id, tag: tagName })
const tag = 'Organizations'

export const namedCapRoutes = {
  listNamedCaps: {
    method: 'GET',
    path: '/api/organizations/{id}/named-caps',
    tag,
    summary: 'List the end users, or the tags, that have a spend cap of their own',
    permission: 'organizations:read',
    params: z.object({ id }),
    query: z.strictObject({ ...paging, cursor: z.string().max(300).optional(), kind: z.enum(['user', 'tag']).default('user') }),
    status: 200,
    response: page(namedCap),
  },
  setUserCap: {
    method: 'PUT',
    path: '/api/organizations/{id}/users/{user}/cap',
    tag,
    summary: 'Set the spend cap of one end user, in the place of the one that every end user has; in force within a second',
    permission: 'organizations:write',
    params: ofUser,
    body: cap,
    status: 200,
    response: namedCap,
  },
  deleteUserCap: {
    method: 'DELETE',
    path: '/api/organizations/{id}/users/{user}/cap',
    tag,
    summary: 'Take the spend cap of one end user away: it has again the one that every end user has',
    permission: 'organizations:write',
    params: ofUser,
    status: 204,
    response: nothing,
  },
  setTagCap: {
    method: 'PUT',
    path: '/api/organizations/{id}/tags/{tag}/cap',
    tag,
    summary: 'Set the spend cap over all requests that name a tag in `Faregate-Tags`; in force within a second',
    permission: 'organizations:write',
    params: ofTag,
    body: cap,
    status: 200,
    response: namedCap,
  },
  deleteTagCap: {
    method: 'DELETE',
    path: '/api/organizations/{id}/tags/{tag}/cap',
    tag,
    summary: 'Take the spend cap of a tag away',
    permission: 'organizations:write',
    params: ofTag,
    status: 204,
    response: nothing,
  },
} as const satisfies Record<string, RouteSpec>

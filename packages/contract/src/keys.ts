import { z } from 'zod'
import { amount, byId, id, instant, money, name, nothing, page, paging, time } from './common.ts'
import { limits } from './limits.ts'
import type { RouteSpec } from './route.ts'

export const PERIODS = ['day', 'week', 'month', 'total'] as const

export const cap = z.strictObject({ amount, period: z.enum(PERIODS) }).describe('How much may be spent with the key in a period.')

const models = z.array(z.string().min(1).max(300)).max(1000).describe('Models the key may call: exact names, or with `*`. Null: all.')

const scopes = z.array(z.string().regex(/^[a-z][a-z0-9:_-]{0,63}$/)).max(50)

export const key = z
  .object({
    id: z.string(),
    name: z.string(),
    application: z.string(),
    organization: z.string(),
    lastFour: z.string(),
    state: z.enum(['active', 'disabled', 'revoked', 'expired']),
    enabled: z.boolean(),
    scopes: z.array(z.string()),
    models: z.array(z.string()).nullable(),
    cap: z.object({ amount: money, period: z.enum(PERIODS) }).nullable(),
    limits,
    expiresAt: time.nullable(),
    createdAt: time,
  })
  .meta({ title: 'Key' })

const created = key.extend({ key: z.string().optional().describe('The key itself: shown once, absent when the answer is repeated.') })

const tag = 'Keys'

export const keyRoutes = {
  listKeys: {
    method: 'GET',
    path: '/api/keys',
    tag,
    summary: 'List keys',
    permission: 'keys:read',
    query: z.strictObject({ ...paging, organization: id.optional(), application: id.optional() }),
    status: 200,
    response: page(key),
  },
  listKeysOfApplication: {
    method: 'GET',
    path: '/api/applications/{id}/keys',
    tag,
    summary: 'List the keys of an application',
    permission: 'keys:read',
    params: byId,
    query: z.strictObject(paging),
    status: 200,
    response: page(key),
  },
  createKey: {
    method: 'POST',
    path: '/api/applications/{id}/keys',
    tag,
    summary: 'Create a key; it is shown once',
    permission: 'keys:write',
    params: byId,
    body: z.strictObject({
      name,
      scopes: scopes.optional(),
      models: models.nullable().optional(),
      cap: cap.nullable().optional(),
      limits: limits.optional(),
      expiresAt: instant.nullable().optional(),
    }),
    status: 201,
    response: created,
    idempotent: true,
  },
  getKey: {
    method: 'GET',
    path: '/api/keys/{id}',
    tag,
    summary: 'See a key',
    permission: 'keys:read',
    params: byId,
    status: 200,
    response: key,
  },
  updateKey: {
    method: 'PATCH',
    path: '/api/keys/{id}',
    tag,
    summary: 'Change a key, in force within a second',
    permission: 'keys:write',
    params: byId,
    body: z.strictObject({
      name: name.optional(),
      enabled: z.boolean().optional(),
      scopes: scopes.optional(),
      models: models.nullable().optional(),
      cap: cap.nullable().optional(),
      limits: limits.optional(),
      expiresAt: instant.nullable().optional(),
    }),
    status: 200,
    response: key,
  },
  revokeKey: {
    method: 'DELETE',
    path: '/api/keys/{id}',
    tag,
    summary: 'Revoke a key for good, in force within a second',
    permission: 'keys:write',
    params: byId,
    status: 204,
    response: nothing,
  },
} as const satisfies Record<string, RouteSpec>

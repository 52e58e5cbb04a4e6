import { KEY_SCOPES, STAGES } from '@faregate/core'
import { z } from 'zod'
import { cap, shownCap } from './caps.ts'
import { byId, id, instant, name, nothing, page, paging, range, time } from './common.ts'
import { limits } from './limits.ts'
import type { RouteSpec } from './route.ts'

const models = z.array(z.string().min(1).max(300)).max(1000).describe('Models the key may call: exact names, or with `*`. Null: all.')

const apis = z.array(z.string().min(1).max(300)).max(1000).describe('Published APIs the key may call: names, or with `*`. Null: all.')

const scopes = z
  .array(z.enum(KEY_SCOPES))
  .max(KEY_SCOPES.length)
  .describe(
    'What the key may be used for: models (calling them), apis (calling published APIs), count (tokens), explain, list (models), key (seeing itself). None: everything.',
  )

const addresses = z.array(range).min(1).max(100).describe('Where the key may be used from: addresses and networks. Null: anywhere.')

const identity = z
  .strictObject({
    issuer: z.string().min(1).max(500).describe('Who vouches for it, as the API that is called names it.'),
    subject: z.string().min(1).max(500).describe('Whom the issuer names.'),
  })
  .describe("Whose tokens or certificates are served as this key. Only the operator says that. Null: nobody's.")

/** A month. */
const LONGEST_OVERLAP_SECONDS = 2_678_400

export const key = z
  .object({
    id: z.string(),
    name: z.string(),
    application: z.string(),
    organization: z.string(),
    member: z
      .string()
      .nullable()
      .describe('Whom it belongs to: it is revoked with the membership, and counts against the cap of the member.'),
    lastFour: z.string(),
    state: z.enum(['active', 'disabled', 'revoked', 'expired']),
    enabled: z.boolean(),
    scopes: z.array(z.string()),
    identity: identity.nullable(),
    addresses: z.array(z.string()).nullable(),
    models: z.array(z.string()).nullable(),
    apis: z.array(z.string()).nullable(),
    stage: z.enum(STAGES).describe('Of which stage of published APIs it is, for good. Models have none.'),
    cap: shownCap.nullable(),
    limits,
    expiresAt: time.nullable(),
    lastUsedAt: time.nullable().describe('When it was last presented, to the minute; null: never.'),
    createdAt: time,
  })
  .meta({ title: 'Key' })

const created = key.extend({
  key: z.string().optional().describe('The key itself: shown once, absent when the answer is repeated.'),
  signingSecret: z
    .string()
    .optional()
    .describe('With which requests are signed for APIs that take that (RFC 9421, `hmac-sha256`): shown once, like the key.'),
})

const tag = 'Keys'

export const keyRoutes = {
  listKeys: {
    method: 'GET',
    path: '/api/keys',
    tag,
    summary: 'List keys',
    permission: 'keys:read',
    withinTeam: true,
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
    withinTeam: true,
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
    withinTeam: true,
    params: byId,
    body: z.strictObject({
      name,
      scopes: scopes.optional(),
      addresses: addresses.nullable().optional(),
      models: models.nullable().optional(),
      apis: apis.nullable().optional(),
      stage: z.enum(STAGES).default('production').describe('Which stage of published APIs it calls, and no other.'),
      cap: cap.nullable().optional(),
      limits: limits.optional(),
      identity: identity.nullable().optional(),
      expiresAt: instant.nullable().optional(),
      member: id.nullable().optional().describe('Absent: the member whose token this is called with; null: nobody.'),
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
    withinTeam: true,
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
    withinTeam: true,
    params: byId,
    body: z.strictObject({
      name: name.optional(),
      enabled: z.boolean().optional(),
      scopes: scopes.optional(),
      addresses: addresses.nullable().optional(),
      models: models.nullable().optional(),
      apis: apis.nullable().optional(),
      cap: cap.nullable().optional(),
      limits: limits.optional(),
      identity: identity.nullable().optional(),
      expiresAt: instant.nullable().optional(),
    }),
    status: 200,
    response: key,
  },
  rotateKey: {
    method: 'POST',
    path: '/api/keys/{id}/rotate',
    tag,
    summary: 'Replace a key by a new one with the same terms, which shares its spend cap; the old one expires after the overlap',
    permission: 'keys:write',
    withinTeam: true,
    params: byId,
    body: z.strictObject({
      overlapSeconds: z.int().min(0).max(LONGEST_OVERLAP_SECONDS).default(0).describe('How long both work.'),
      expiresAt: instant.nullable().optional().describe('Of the new one; absent: as the old one would have expired.'),
    }),
    status: 201,
    response: created,
    idempotent: true,
  },
  revokeKey: {
    method: 'DELETE',
    path: '/api/keys/{id}',
    tag,
    summary: 'Revoke a key for good, in force within a second',
    permission: 'keys:write',
    withinTeam: true,
    params: byId,
    status: 204,
    response: nothing,
  },
} as const satisfies Record<string, RouteSpec>

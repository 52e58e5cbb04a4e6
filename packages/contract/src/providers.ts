import { z } from 'zod'
import { byName, nothing, time, WRITE_ONLY } from './common.ts'
import { managedBy } from './managed.ts'
import type { RouteSpec } from './route.ts'

const providerName = z
  .string()
  .max(100)
  .regex(/^[^\s/]+$/, "a provider's name has no spaces and no slash")
const baseUrl = z
  .url({ protocol: /^https?$/, error: 'not an http or https URL', abort: true })
  .refine(hasNoSecret, 'holds a user or a password, which would be shown: send the key as apiKey')
const secret = z.string().min(1).max(4096).meta(WRITE_ONLY)
const key = z.strictObject({
  key: secret,
  weight: z.int().min(1).max(1_000_000).optional(),
  priority: z.int().min(0).max(1000).optional(),
})
const keys = z.array(key).max(100)

/** An address is shown to everybody who may list providers. */
function hasNoSecret(text: string): boolean {
  const { username, password } = new URL(text)
  return username === '' && password === ''
}

export const provider = z
  .object({
    name: z.string(),
    kind: z.string(),
    baseUrl: z.string(),
    keyless: z.boolean(),
    keys: z
      .array(z.object({ id: z.string(), lastFour: z.string(), weight: z.number(), priority: z.number() }))
      .describe('Without the secrets, which are never returned.'),
    state: z.enum(['ok', 'failing', 'unknown']),
    lastError: z.string().nullable(),
    lastErrorAt: time.nullable(),
    managedBy,
  })
  .meta({ title: 'Provider' })

export const providerTest = z
  .object({
    ok: z.boolean(),
    message: z.string(),
    status: z.number().nullable(),
    latencyMs: z.number(),
    model: z.string().nullable(),
  })
  .meta({ title: 'ProviderTest' })

const tag = 'Providers'

export const providerRoutes = {
  listProviders: {
    method: 'GET',
    path: '/api/providers',
    tag,
    summary: 'List providers',
    permission: 'providers:read',
    status: 200,
    response: z.object({ data: z.array(provider), next: z.null() }),
  },
  createProvider: {
    method: 'POST',
    path: '/api/providers',
    tag,
    summary: 'Connect a provider, without a restart',
    permission: 'providers:write',
    body: z.strictObject({
      name: providerName,
      kind: z.string().min(1).max(100),
      baseUrl: baseUrl.optional(),
      apiKey: secret.optional(),
      keys: keys.optional(),
    }),
    status: 201,
    response: provider,
    idempotent: true,
  },
  getProvider: {
    method: 'GET',
    path: '/api/providers/{name}',
    tag,
    summary: 'See a provider',
    permission: 'providers:read',
    params: byName,
    status: 200,
    response: provider,
  },
  updateProvider: {
    method: 'PATCH',
    path: '/api/providers/{name}',
    tag,
    summary: 'Move a provider, or replace its keys',
    permission: 'providers:write',
    params: byName,
    body: z.strictObject({ baseUrl: baseUrl.optional(), apiKey: secret.optional(), keys: keys.optional() }),
    status: 200,
    response: provider,
  },
  deleteProvider: {
    method: 'DELETE',
    path: '/api/providers/{name}',
    tag,
    summary: 'Disconnect a provider',
    permission: 'providers:write',
    params: byName,
    status: 204,
    response: nothing,
  },
  testProvider: {
    method: 'POST',
    path: '/api/providers/{name}/test',
    tag,
    summary: 'Make a small real call and say what happened',
    permission: 'providers:write',
    params: byName,
    body: z.strictObject({
      keysOnly: z
        .literal(true)
        .optional()
        .describe('Call no model: only ask, with each key, for what costs nothing, and say whether the provider takes it.'),
    }),
    status: 200,
    response: providerTest,
    idempotent: true,
  },
} as const satisfies Record<string, RouteSpec>

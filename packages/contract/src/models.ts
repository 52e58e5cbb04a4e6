import { billedParameter } from '@faregate/core'
import { z } from 'zod'
import { byName, instant, nothing } from './common.ts'
import { managedBy } from './managed.ts'
import { rates } from './prices.ts'
import { pageLink, shownRetirement } from './retirement.ts'
import type { RouteSpec } from './route.ts'

const modelName = z.string().max(300).regex(/^\S+$/, "a model's name has no spaces")

const deployment = z.strictObject({
  provider: z.string().min(1).max(100),
  model: z.string().min(1).max(300),
  weight: z.int().min(1).max(1_000_000).default(1),
  priority: z.int().min(0).max(1_000).optional().describe('Lower is called first; the others come when those before them fail or rest.'),
  parameters: z
    .record(z.string().min(1), z.unknown())
    .refine((parameters) => billedParameter(parameters) === undefined, { error: 'names a member that decides what is billed' })
    .optional()
    .describe("Members that are added to the request where the caller did not send them, in the provider's own words."),
})

const tokens = z.int().min(1).max(100_000_000)

const members = {
  deployments: z.array(deployment).min(1).max(100),
  price: rates.nullable().optional().describe("What callers pay. Null or absent: the override of its deployment, or the catalogue's."),
  maxOutput: tokens.nullable().optional().describe('The most output tokens the model can make in one answer.'),
  maxOutputWhenAbsent: tokens.nullable().optional().describe('Output limit where the caller gives none.'),
  sliceTokens: z.int().min(1).max(1_000_000).nullable().optional().describe('Output tokens that one hold of a stream covers.'),
  hiddenOutput: z.boolean().nullable().optional().describe('Output is billed that is never seen: the whole bound is held at once.'),
  outputLimitMember: z.enum(['max_tokens', 'max_completion_tokens']).nullable().optional(),
  unsupported: z
    .enum(['refuse', 'drop'])
    .nullable()
    .optional()
    .describe(
      "What a deployment of another dialect cannot carry: refused by name, or left out and listed. The caller's header goes first.",
    ),
}

const retirement = z
  .strictObject({
    state: z.enum(['deprecated', 'retired']),
    sunset: instant.optional().describe('When it is to be retired.'),
    successor: modelName.optional().describe('The model that takes its place.'),
    link: pageLink.optional().describe('A page that says how to move.'),
  })
  .nullable()
  .optional()
  .describe('How it goes: deprecated, it is served, and its callers are told; retired, it is refused with 410. Null: it stays.')

export const model = z
  .object({
    name: z.string(),
    deployments: z.array(
      z.object({
        provider: z.string(),
        model: z.string(),
        weight: z.number(),
        priority: z.number().optional(),
        parameters: z.record(z.string(), z.unknown()).optional(),
      }),
    ),
    price: z.record(z.string(), z.string()).nullable(),
    maxOutput: z.number().nullable(),
    maxOutputWhenAbsent: z.number().nullable(),
    sliceTokens: z.number().nullable(),
    hiddenOutput: z.boolean().nullable(),
    outputLimitMember: z.string().nullable(),
    unsupported: z.string().nullable(),
    retirement: shownRetirement,
    managedBy,
  })
  .meta({ title: 'Model' })

const tag = 'Models'

export const modelRoutes = {
  listModels: {
    method: 'GET',
    path: '/api/models',
    tag,
    summary: 'List models',
    permission: 'models:read',
    status: 200,
    response: z.object({ data: z.array(model), next: z.null() }),
  },
  createModel: {
    method: 'POST',
    path: '/api/models',
    tag,
    summary: 'Add a model that callers can name, without a restart',
    permission: 'models:write',
    body: z.strictObject({ name: modelName, ...members }),
    status: 201,
    response: model,
    idempotent: true,
  },
  getModel: {
    method: 'GET',
    path: '/api/models/{name}',
    tag,
    summary: 'See a model',
    permission: 'models:read',
    params: byName,
    status: 200,
    response: model,
  },
  updateModel: {
    method: 'PATCH',
    path: '/api/models/{name}',
    tag,
    summary: 'Change a model; null takes a member away',
    permission: 'models:write',
    params: byName,
    body: z.strictObject({ ...members, deployments: members.deployments.optional(), retirement }),
    status: 200,
    response: model,
  },
  deleteModel: {
    method: 'DELETE',
    path: '/api/models/{name}',
    tag,
    summary: 'Remove a model',
    permission: 'models:write',
    params: byName,
    status: 204,
    response: nothing,
  },
} as const satisfies Record<string, RouteSpec>

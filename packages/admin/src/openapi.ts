import swagger from '@fastify/swagger'
import { z } from 'zod'
import type { RouteSpec } from '@faregate/contract'
import type { FastifyInstance, FastifySchema } from 'fastify'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'

const problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    code: z.string(),
    instance: z.string(),
    requestId: z.string(),
    pointer: z.string().optional(),
  })
  .meta({ title: 'Problem', description: 'RFC 9457. `code` is explained at /problems/{code}.' })

const idempotencyHeader = z.looseObject({
  'idempotency-key': z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('The same key and body again within 24 hours get the same answer; the effect happens once.'),
})

/** Collects the routes that are registered on the instance after it; `instance.swagger()` describes them in OpenAPI 3.1. */
export async function collectOpenApi(instance: FastifyInstance, version: string): Promise<void> {
  await instance.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Faregate management API',
        version,
        description: 'Amounts are decimal strings. Errors are problem+json. Lists are cursor-paged.',
      },
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: "The operator's token, or a management token." } },
      },
      security: [{ bearer: [] }],
    },
    transform: jsonSchemaTransform,
  })
}

/** What the contract says of a route, as fastify and the description take it. */
export function schemaOf(name: string, route: RouteSpec): FastifySchema {
  const refusals = new Set([400, 500, 503, 401, 403])
  if (route.params !== undefined) refusals.add(404)
  if (route.method !== 'GET') refusals.add(409)
  if (route.idempotent === true) refusals.add(422)
  const problems = [...refusals].toSorted((a, b) => a - b).map((status) => [status, problemResponse(status)] as const)
  return {
    ...(route.params === undefined ? {} : { params: route.params }),
    ...(route.query === undefined ? {} : { querystring: route.query }),
    ...(route.body === undefined ? {} : { body: route.body }),
    ...(route.idempotent === true ? { headers: idempotencyHeader } : {}),
    response: { [route.status]: successOf(route), ...Object.fromEntries(problems) },
    ...description(name, route),
  }
}

function successOf({ response, media }: RouteSpec) {
  const described = response.describe(response.description ?? 'Done.')
  if (media === undefined) return described
  const [type = media] = media.split(';')
  return { description: 'Done.', content: { [type]: { schema: described } } }
}

function problemResponse(status: number) {
  return { description: REASONS[status] ?? 'A problem.', content: { 'application/problem+json': { schema: problem } } }
}

const REASONS: Record<number, string> = {
  400: 'A member is wrong; `pointer` names it.',
  401: 'No token, or an unknown one.',
  403: 'The token lacks the permission.',
  404: 'There is no such thing, or this token does not see it.',
  409: 'What is there stands in the way.',
  422: 'The Idempotency-Key was used with another body.',
  500: 'The gateway failed.',
  503: 'The database does not answer.',
}

function description(name: string, route: RouteSpec): object {
  return {
    operationId: name,
    summary: route.summary,
    tags: [route.tag],
    'x-permission': route.permission,
  }
}

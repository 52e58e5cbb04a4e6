import { newId } from '@faregate/core'
import { isPermission, ROUTES, ROUTE_NAMES, type RouteName, type RouteSpec } from '@faregate/contract'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { answerProblem } from './answer-problem.ts'
import { requireOwnApi } from './api-owner.ts'
import type { Context, Idempotency } from './call.ts'
import { authenticate, requirePermission, requireReach, type Credential } from './credential.ts'
import type { AdminDeps } from './deps.ts'
import { denialOf } from './failure.ts'
import { HANDLERS } from './handlers/index.ts'
import { earlierAnswer, fingerprintOf, Running } from './idempotency.ts'
import { collectOpenApi, schemaOf } from './openapi.ts'

const BODY_LIMIT = 1_048_576

/** What is known of a request on its way to its handler. */
interface Known {
  requestId: string
  credential?: Credential
}

/**
 * Registers the management API, `/api/…`, with its own parsing, validation and errors: nothing of it leaks to the rest
 * of the server. Throws where a route does not declare a permission.
 */
export async function registerAdmin(app: FastifyInstance, deps: AdminDeps): Promise<void> {
  const known = new WeakMap<FastifyRequest, Known>()
  await app.register(async (scope) => {
    parseJsonOnly(scope)
    scope.setValidatorCompiler(validatorCompiler)
    scope.setSerializerCompiler(serializerCompiler)
    await collectOpenApi(scope, deps.version)
    const running = new Running()
    for (const name of ROUTE_NAMES) registerRoute(scope, deps, name, known, running)
    registerDescription(scope)
  })
  await app.register(async (scope) => answerUnknownPaths(scope, deps), { prefix: '/api' })
}

/** The permission that a route declares. Throws for a route that declares none: nothing is open by omission. */
export function declaredPermission(name: string, route: Pick<RouteSpec, 'permission'>): RouteSpec['permission'] {
  if (isPermission(route.permission)) return route.permission
  throw new Error(`the management route ${name} declares no permission`)
}

function registerRoute(
  scope: FastifyInstance,
  deps: AdminDeps,
  name: RouteName,
  known: WeakMap<FastifyRequest, Known>,
  running: Running,
): void {
  const route: RouteSpec = ROUTES[name]
  const permission = declaredPermission(name, route)
  // Each handler takes what the schemas of its own route have checked; which route that is, is known only when it runs.
  const handle: (call: never) => Promise<unknown> = HANDLERS[name]
  scope.route({
    method: route.method,
    url: route.path.replace(/\{(\w+)\}/g, ':$1'),
    schema: schemaOf(name, route),
    ...(route.bodyLimit === undefined ? {} : { bodyLimit: route.bodyLimit }),
    onRequest: async (request, reply) => {
      const facts: Known = { requestId: newId('req', deps.clock.now(), deps.random) }
      known.set(request, facts)
      void reply.headers({ 'x-request-id': facts.requestId, 'cache-control': 'no-store' })
      facts.credential = await authenticate(deps, request.headers.authorization)
      requirePermission(facts.credential, permission)
      requireReach(facts.credential, route)
    },
    preValidation: async (request) => tidy(request, route),
    handler: async (request, reply) => {
      const { requestId, credential } = known.get(request) ?? {}
      if (requestId === undefined || credential === undefined) throw new Error('a request reached its handler unauthenticated')
      const idempotency = route.idempotent === true ? idempotencyOf(request, credential) : undefined
      const context: Context = { deps, credential, requestId, idempotency, status: route.status }
      const members = { params: request.params, query: request.query, body: request.body }
      if (route.path.startsWith('/api/apis/{name}')) await requireOwnApi(context, name, (request.params as { name: string }).name)
      if (route.media !== undefined) void reply.headers(documentHeaders(route.media))
      return respond(reply, context, running, () => handle({ ...context, ...members } as never))
    },
    errorHandler: (error, request, reply): void => {
      const { denial, expected } = denialOf(error, route.bodyLimit)
      const facts = known.get(request)
      const requestId = facts?.requestId ?? newId('req', deps.clock.now(), deps.random)
      if (!expected) deps.log.error({ request: requestId, route: name, error: describe(error) }, 'a management call failed')
      void answerProblem(deps, reply, denial, { requestId, credential: facts?.credential, route: name })
    },
  })
}

/** A document is shown, if at all, as if it came from nowhere: it loads nothing and runs nothing. */
function documentHeaders(media: string): Record<string, string> {
  return {
    'content-type': media,
    'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    'x-content-type-options': 'nosniff',
  }
}

/** Runs the handler, once for each idempotency key; who comes second gets the answer of the first. */
async function respond(reply: FastifyReply, context: Context, running: Running, handle: () => Promise<unknown>): Promise<unknown> {
  const { deps, idempotency } = context
  if (idempotency === undefined) return send(reply, context.status, await handle())
  return running.alone(idempotency, async () => {
    const before = await earlierAnswer(deps, idempotency)
    if (before !== undefined) return repeat(reply, before)
    try {
      return await send(reply, context.status, await handle())
    } catch (error) {
      // Another process may have answered the same key while this one tried: then its answer counts.
      const meanwhile = await earlierAnswer(deps, idempotency).catch(() => undefined)
      if (meanwhile === undefined) throw error
      return repeat(reply, meanwhile)
    }
  })
}

function repeat(reply: FastifyReply, { status, answer }: { status: number; answer: unknown }): FastifyReply {
  return send(reply.header('idempotent-replayed', 'true'), status, answer)
}

function send(reply: FastifyReply, status: number, answer: unknown): FastifyReply {
  return reply.code(status).send(answer)
}

function idempotencyOf(request: FastifyRequest, credential: Credential): Idempotency | undefined {
  const key = request.headers['idempotency-key']
  if (typeof key !== 'string') return undefined
  const [path = ''] = request.url.split('?')
  return { scope: `${credential.id} ${path}`, key, fingerprint: fingerprintOf(request.body) }
}

/** An absent body is an empty one; an empty parameter of a query is an absent one. */
function tidy(request: FastifyRequest, route: RouteSpec): void {
  if (route.body !== undefined) request.body ??= {}
  const query = request.query
  if (typeof query !== 'object' || query === null) return
  request.query = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''))
}

/** Bodies are JSON whatever their content type says. */
function parseJsonOnly(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_LIMIT }, (_request, body, done) => {
    try {
      const parsed: unknown = body === '' ? undefined : JSON.parse(String(body))
      done(null, parsed)
    } catch (error) {
      done(error instanceof Error ? error : new SyntaxError('unreadable'))
    }
  })
}

function registerDescription(scope: FastifyInstance): void {
  scope.get('/api/openapi.json', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('application/json').send(scope.swagger()),
  )
}

/** Whatever is sent there, and however: what is not served is not read. */
function answerUnknownPaths(scope: FastifyInstance, deps: AdminDeps): void {
  const answer = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const requestId = newId('req', deps.clock.now(), deps.random)
    const [path = ''] = request.url.split('?')
    const detail = `There is no ${request.method} ${path}; GET /api/openapi.json lists what there is.`
    return answerProblem(
      deps,
      reply.header('x-request-id', requestId),
      { code: 'route_unknown', detail },
      { requestId, credential: undefined, route: 'none' },
    )
  }
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
  scope.setErrorHandler((_error, request, reply) => answer(request, reply))
  scope.setNotFoundHandler(answer)
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

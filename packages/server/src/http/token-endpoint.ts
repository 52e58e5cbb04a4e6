import type { ApiEntry, Clock } from '@faregate/core'
import { ACCESS_TOKEN_SECONDS, keyState, type AccessToken, type Assertions, type KeyEntry } from '@faregate/identity'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AttemptLimit } from './attempt-limit.ts'
import { protectedResource, RESOURCE_PATH } from './protected-resource.ts'

export interface TokenDeps {
  clock: Clock
  publicUrl: () => string
  findKey: (presented: string) => Promise<KeyEntry | undefined> | KeyEntry | undefined
  issue: (token: AccessToken) => string
  jwk: Assertions['jwk']
  /** The published APIs that are in force. */
  apis: () => IteratorObject<ApiEntry>
}

/** Where access tokens are given. */
export const TOKEN_PATH = '/api/oauth/token'

/**
 * Gives access tokens for published APIs to whoever knows a key (RFC 6749, 4.4), and says so (RFC 8414). Beside it stands the
 * key that upstreams check with what they are told of callers (RFC 7517), and for each API that takes tokens where those come from
 * (RFC 9728).
 */
export function mountTokenEndpoint(server: FastifyInstance, deps: TokenDeps): void {
  const limit = new AttemptLimit()
  server.post(TOKEN_PATH, { bodyLimit: 16_384 }, async (request, reply) => send(reply, await limited(deps, limit, request)))
  server.get('/.well-known/jwks.json', (_request, reply) => send(reply, { status: 200, body: { keys: [deps.jwk] } }))
  server.get('/.well-known/oauth-authorization-server', (_request, reply) => send(reply, { status: 200, body: metadata(deps.publicUrl()) }))
  server.get(`${RESOURCE_PATH}/*`, (request, reply) => {
    const prefix = request.url.slice(RESOURCE_PATH.length).replace(/\?.*$/, '')
    const api = deps.apis().find((entry) => entry.prefix === prefix)
    const body = api && protectedResource(deps.publicUrl(), api)
    return body === undefined ? reply.callNotFound() : send(reply, { status: 200, body })
  })
}

interface TokenAnswer {
  status: number
  body: Record<string, unknown>
  /** Seconds. */
  retryAfter?: number
}

/** Whoever was wrong too often is not listened to for a while, right or wrong: it could be guessing. */
async function limited(deps: TokenDeps, limit: AttemptLimit, request: FastifyRequest): Promise<TokenAnswer> {
  const wait = limit.begin(request.ip, deps.clock.now())
  if (wait !== undefined) {
    const told = `There were too many wrong credentials from ${request.ip}. Try again in ${wait} s, with the id of a key and the key.`
    return { ...failed(429, 'slow_down', told), retryAfter: wait }
  }
  const answer = await tokenFor(deps, request).catch(() => failed(503, 'temporarily_unavailable', 'The database does not answer.'))
  if (answer.status !== 401) limit.right(request.ip)
  return answer
}

async function tokenFor({ clock, findKey, issue }: TokenDeps, request: FastifyRequest): Promise<TokenAnswer> {
  const form = new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '')
  const grant = form.get('grant_type')
  if (grant === null) return failed(400, 'invalid_request', 'It has no grant_type.')
  if (grant !== 'client_credentials') return failed(400, 'unsupported_grant_type', 'The grant type that is served is client_credentials.')
  const client = basicIn(request.headers.authorization) ?? { id: form.get('client_id') ?? '', secret: form.get('client_secret') ?? '' }
  if (client.secret === '')
    return failed(401, 'invalid_client', 'Send the id of a key, or of its application, as the client and the key as its secret.')
  const key = await findKey(client.secret)
  if (key === undefined || (client.id !== key.id && client.id !== key.application.id))
    return failed(401, 'invalid_client', 'There is no such key, or the client is neither it nor its application.')
  const now = clock.now()
  const state = keyState(key, now)
  if (state !== 'active') return failed(401, 'invalid_client', `The key is ${state}.`)
  const token = issue({ key: key.id, issuedAt: now })
  return { status: 200, body: { access_token: token, token_type: 'Bearer', expires_in: ACCESS_TOKEN_SECONDS } }
}

/** Both parts are form-encoded before they are put together (RFC 6749, 2.3.1). */
function basicIn(header: string | undefined): { id: string; secret: string } | undefined {
  const [, encoded] = /^basic\s+(\S+)\s*$/i.exec(header ?? '') ?? []
  if (encoded === undefined) return undefined
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  return { id: decoded(id), secret: decoded(secret) }
}

function decoded(text: string): string {
  return new URLSearchParams(`=${text}`).get('') ?? ''
}

function failed(status: number, error: string, description: string): TokenAnswer {
  return { status, body: { error, error_description: description } }
}

function send(reply: FastifyReply, { status, body, retryAfter }: TokenAnswer): FastifyReply {
  if (status === 401) reply.header('www-authenticate', 'Basic realm="faregate", charset="UTF-8"')
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter))
  return reply.code(status).header('cache-control', 'no-store').type('application/json').send(JSON.stringify(body))
}

function metadata(publicUrl: string): Record<string, unknown> {
  return {
    issuer: publicUrl,
    jwks_uri: `${publicUrl}/.well-known/jwks.json`,
    token_endpoint: publicUrl + TOKEN_PATH,
    grant_types_supported: ['client_credentials'],
    response_types_supported: [],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  }
}

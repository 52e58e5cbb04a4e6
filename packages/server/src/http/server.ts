import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Denial } from '@faregate/core'
import type { Gateway } from '@faregate/gateway'
import Fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify'
import { BodyRefused, brokenOff } from './body-denials.ts'
import type { BodyRoom } from './body-room.ts'
import { readBody, type Sender } from './body.ts'
import type { CertificateOf } from './client-certificate.ts'
import { inboundOf, pathOf, type Arrival, type DataPlane } from './data-plane.ts'
import { directly } from './direct.ts'
import { answerParserError, createListener } from './listener.ts'

export interface HttpOptions {
  bodyBytes: number
  headerBytes: number
  /** Time for a whole request to arrive. */
  requestMs: number
  room: BodyRoom
  trustedProxies: readonly string[]
  tls: { cert: Buffer; key: Buffer; asks: boolean } | undefined
  publicUrl: () => string
  /** What callers prove themselves with, where that is known. */
  certificateOf?: CertificateOf | undefined
}

/**
 * The one HTTP server. Bodies stay raw unless a scope reads them; what Fastify or node refuse by themselves is
 * answered as a problem of the catalogue. The Host header decides nothing.
 */
export function createHttpServer(gateway: Gateway, plane: DataPlane, options: HttpOptions): FastifyInstance {
  const passes = (raw: IncomingMessage): boolean => gateway.publishes(pathOf(raw)) === 'http' && raw.method !== 'OPTIONS'
  const listening = { ...options, passes, newRequestId: () => gateway.newRequestId() }
  const asks = (raw: IncomingMessage): boolean => MODELLED.has(gateway.publishes(pathOf(raw)))
  const bodies = {
    ...options,
    passes,
    asks,
    vouch: (request: Sender) => gateway.vouch(inboundOf(request, { certificateOf: options.certificateOf })),
  }
  const refuse = (request: Arrival, response: ServerResponse, error: Error): void => plane.refuse(request, response, denialOf(error))
  const direct = { bodies, plane, refuse, newRequestId: listening.newRequestId, publishes: passes }
  const server = Fastify({
    logger: false,
    genReqId: () => gateway.newRequestId(),
    requestIdHeader: false,
    bodyLimit: options.bodyBytes,
    trustProxy: options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
    routerOptions: { maxParamLength: 2_000, ignoreTrailingSlash: false },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    // Behind proxies the router tells where a request comes from.
    serverFactory: (handler) => createListener(options.trustedProxies.length === 0 ? directly(direct, handler) : handler, listening),
    clientErrorHandler: (error: Error & { code?: string }, socket: Socket) => answerParserError(listening, error, socket),
    frameworkErrors: (error, request, reply) => refuse(request, reply.hijack().raw, error),
  })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', (request: FastifyRequest, _payload, done) => readBody(bodies, request, done))
  server.setErrorHandler((error: FastifyError, request, reply) => refuse(request, reply.hijack().raw, error))
  return server
}

/** What is a call of a model: its body is collected. */
const MODELLED: ReadonlySet<ReturnType<Gateway['publishes']>> = new Set(['prompt', 'model'])

/** What an error of the HTTP server means to the caller. */
function denialOf(error: Error & { statusCode?: number }): Denial {
  if (error instanceof BodyRefused) return error.denial
  const status = error.statusCode ?? 500
  if (status >= 400 && status < 500) return brokenOff(error.message)
  return {
    code: 'gateway_misconfigured',
    detail: 'The gateway met a mistake of its own. Nothing was charged.',
    operatorDetail: error.stack ?? error.message,
  }
}

import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Denial } from '@faregate/core'
import type { Gateway } from '@faregate/gateway'
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { BodyRefused, brokenOff } from './body-denials.ts'
import type { BodyRoom } from './body-room.ts'
import { readBody } from './body.ts'
import { inboundOf, type DataPlane } from './data-plane.ts'
import { answerParserError, createListener } from './listener.ts'

export interface HttpOptions {
  bodyBytes: number
  headerBytes: number
  /** Time for a whole request to arrive. */
  requestMs: number
  room: BodyRoom
  trustedProxies: readonly string[]
  tls: { cert: Buffer; key: Buffer } | undefined
  publicUrl: () => string
}

/**
 * The one HTTP server. Bodies stay raw unless a scope reads them; what Fastify or node refuse by themselves is
 * answered as a problem of the catalogue. The Host header decides nothing.
 */
export function createHttpServer(gateway: Gateway, plane: DataPlane, options: HttpOptions): FastifyInstance {
  const listening = { ...options, newRequestId: () => gateway.newRequestId() }
  const server = Fastify({
    logger: false,
    genReqId: () => gateway.newRequestId(),
    requestIdHeader: false,
    bodyLimit: options.bodyBytes,
    trustProxy: options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
    routerOptions: { maxParamLength: 2_000, ignoreTrailingSlash: false },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    serverFactory: (handler) => createListener(handler, listening),
    clientErrorHandler: (error: Error & { code?: string }, socket: Socket) => answerParserError(listening, error, socket),
    frameworkErrors: (error, request, reply) => refuse(plane, error, request, reply),
  })
  const bodies = { ...options, vouch: (request: FastifyRequest) => gateway.vouch(inboundOf(request)) }
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', (request: FastifyRequest, payload: IncomingMessage, done) => readBody(bodies, request, payload, done))
  server.setErrorHandler((error: FastifyError, request, reply) => refuse(plane, error, request, reply))
  return server
}

function refuse(plane: DataPlane, error: Error & { statusCode?: number }, request: FastifyRequest, reply: FastifyReply): void {
  plane.refuse(request, reply, denialOf(error))
}

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

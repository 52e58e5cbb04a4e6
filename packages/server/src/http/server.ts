import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Denial } from '@faregate/core'
import type { Gateway } from '@faregate/gateway'
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { answerBrokenRequest } from './broken-request.ts'
import type { DataPlane } from './data-plane.ts'

export interface HttpOptions {
  bodyBytes: number
  headerBytes: number
  trustedProxies: readonly string[]
  tls: { cert: Buffer; key: Buffer } | undefined
  publicUrl: () => string
}

/**
 * The one HTTP server. Bodies stay raw unless a scope reads them; what Fastify or node refuse by themselves is
 * answered as a problem of the catalogue. The Host header decides nothing.
 */
export function createHttpServer(gateway: Gateway, plane: DataPlane, options: HttpOptions): FastifyInstance {
  const server = Fastify({
    logger: false,
    genReqId: () => gateway.newRequestId(),
    requestIdHeader: false,
    bodyLimit: options.bodyBytes,
    trustProxy: options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
    routerOptions: { maxParamLength: 2_000, ignoreTrailingSlash: false },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    serverFactory: (handler) => listener(handler, options),
    clientErrorHandler: (error: Error & { code?: string }, socket: Socket) =>
      answerBrokenRequest(error, socket, gateway.newRequestId(), options),
    frameworkErrors: (error, request, reply) => refuse(plane, error, request, reply, options),
  })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request: FastifyRequest, body: Buffer, done) => done(null, body))
  server.setErrorHandler((error: FastifyError, request, reply) => refuse(plane, error, request, reply, options))
  return server
}

/** Longer than the idle times of usual reverse proxies, so that it is never us who closes a connection they reuse. */
const KEEP_ALIVE_MS = 75_000

/** Node's own time limits for head and body stand: a request that trickles in is cut after five minutes. */
function listener(handler: RequestListener, { tls, headerBytes }: HttpOptions) {
  const shared = { maxHeaderSize: headerBytes, keepAliveTimeout: KEEP_ALIVE_MS }
  return tls === undefined ? createServer(shared, handler) : createTlsServer({ ...shared, ...tls }, handler)
}

function refuse(plane: DataPlane, error: FastifyError, request: FastifyRequest, reply: FastifyReply, options: HttpOptions): void {
  plane.refuse(request, reply, denialOf(error, options))
}

/** What an error of the HTTP server means to the caller. */
export function denialOf(error: FastifyError, options: Pick<HttpOptions, 'bodyBytes'>): Denial {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return {
      code: 'request_too_large',
      detail: `The body is larger than ${options.bodyBytes} bytes.`,
      limit: { kind: 'body', unit: 'bytes', bytes: options.bodyBytes },
      fixes: [{ kind: 'change_request', action: 'shrink_body', by: 'caller', canYou: true, to: options.bodyBytes }],
    }
  }
  const status = error.statusCode ?? 500
  if (status >= 400 && status < 500) {
    return {
      code: 'request_invalid',
      detail: `The request cannot be read: ${error.message}.`,
      fixes: [{ kind: 'change_request', action: 'mend_request', by: 'caller', canYou: true }],
    }
  }
  return {
    code: 'gateway_misconfigured',
    detail: 'The gateway met a mistake of its own. Nothing was charged.',
    operatorDetail: error.stack ?? error.message,
  }
}

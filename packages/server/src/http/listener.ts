import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { Socket } from 'node:net'
import { answerFlaw, answerOnSocket, type FlawContext } from './answer-flaw.ts'
import { expectationFlaw, headFlaw, parserFlaw, TUNNEL_FLAW, type HeadLimits } from './flaw.ts'
import { HandshakeResponse, isHandshake } from './handshake-response.ts'
import { lingering } from './linger.ts'

export interface ListenerOptions extends HeadLimits, FlawContext {
  bodyBytes: number
  /** Whether its body goes on unread: whoever opens it tells its sender to go on. */
  passes: (raw: IncomingMessage) => boolean
  /** `asks`: callers may prove themselves with a certificate; which ones are taken is each API's to say. */
  tls: { cert: Buffer; key: Buffer; asks: boolean } | undefined
}

/** Longer than the idle times of usual reverse proxies, so that it is never us who closes a connection they reuse. */
const KEEP_ALIVE_MS = 75_000
/** A head takes no longer than this, whatever the request may take. */
const HEAD_MS = 60_000

/** Node's HTTP server, in which every refusal of its own is a problem of the catalogue. */
export function createListener(handler: RequestListener, options: ListenerOptions): Server {
  const { headerBytes, requestMs, tls } = options
  const shared = {
    maxHeaderSize: headerBytes,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: requestMs,
    headersTimeout: Math.min(HEAD_MS, requestMs),
    connectionsCheckingInterval: Math.min(30_000, Math.max(50, requestMs / 10)),
    // A missing Host is refused below, in words.
    requireHostHeader: false,
    shouldUpgradeCallback: (request: IncomingMessage) => isHandshake(request) && options.passes(request),
  }
  const checked = lingering(checkHead(handler, options))
  const server = tls === undefined ? createServer(shared, checked) : createTlsServer({ ...shared, ...secured(tls) }, checked)
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    // What is too large is refused before it is sent.
    if (!options.passes(request) && Number(request.headers['content-length'] ?? 0) <= options.bodyBytes) response.writeContinue()
    checked(request, response)
  })
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
    answerFlaw(options, expectationFlaw(request), response),
  )
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) =>
    checked(request, new HandshakeResponse(server, request, socket, head)),
  )
  server.on('connect', (_request, socket: Socket) => answerOnSocket(options, TUNNEL_FLAW, socket))
  return server
}

function secured({ cert, key, asks }: NonNullable<ListenerOptions['tls']>): ServerOptions {
  return asks ? { cert, key, requestCert: true, rejectUnauthorized: false } : { cert, key }
}

/** Answers an error of node's parser; a connection that was reset has nobody to answer. */
export function answerParserError(options: HeadLimits & FlawContext, error: { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET') socket.destroy()
  else answerOnSocket(options, parserFlaw(error.code, options), socket)
}

function checkHead(handler: RequestListener, context: FlawContext): RequestListener {
  return (request, response) => {
    const flaw = headFlaw(request)
    if (flaw === undefined) handler(request, response)
    else answerFlaw(context, flaw, response)
  }
}

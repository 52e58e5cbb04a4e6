import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Denial } from '@faregate/core'
import { DATA_PLANE_ROUTES, NodeOutbound, SwitchingOutbound, type Gateway, type Inbound } from '@faregate/gateway'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { noRoom } from './body-denials.ts'
import type { BodyRoom } from './body-room.ts'
import { FREE_BYTES, ROOM_WAIT_MS } from './body.ts'
import type { CertificateOf } from './client-certificate.ts'
import { HandshakeResponse } from './handshake-response.ts'

/** A request on its way in, whoever routed it. */
export interface Arrival {
  readonly id: string
  readonly raw: IncomingMessage
  /** Where it comes from. */
  readonly ip: string
  /** A Buffer once it was read. */
  readonly body?: unknown
}

/** The data plane as the HTTP server sees it. */
export interface DataPlane {
  /** Adds the routes of the data plane, the preflight, and the answer for every path that is not served. */
  mount(server: FastifyInstance): void
  /** Serves a request that was read, on a response that is nobody else's. */
  serve(request: Arrival, response: ServerResponse): void
  /** Answers a request that cannot be handled. */
  refuse(request: Arrival, response: ServerResponse, denial: Denial): void
  /** Where a running request comes from; proxies that are trusted are looked through. */
  addressOf(requestId: string): string | undefined
  /** Whether no request is being served. */
  idle: () => boolean
  /** Resolves when no request is being served, settled or recorded any more, or after `limitMs`. */
  quiet(limitMs: number): Promise<void>
}

const NO_BODY = Buffer.alloc(0)

/**
 * Hands requests to the gateway, and the raw connection with them. `closing()`: connections end with their answer;
 * `room`: for large bodies, which each request gives back once its answer has ended. `certificateOf`: what callers prove themselves
 * with, where that is known.
 */
export function createDataPlane(gateway: Gateway, closing: () => boolean, room: BodyRoom, certificateOf?: CertificateOf): DataPlane {
  const running = new Map<string, Arrival>()
  const serving = new Set<Promise<void>>()

  const hand = (request: Arrival, response: ServerResponse, serve: (inbound: Inbound, outbound: NodeOutbound) => Promise<void>): void => {
    if (closing()) response.shouldKeepAlive = false
    running.set(request.id, request)
    // The gateway answers by itself and never rejects.
    const work = serve(inboundOf(request, { response, room, certificateOf }), outboundOf(response)).finally(() => {
      running.delete(request.id)
      serving.delete(work)
      room.release(request.id)
    })
    serving.add(work)
  }

  const serve = (request: Arrival, response: ServerResponse): void =>
    hand(request, response, (inbound, outbound) => gateway.handle(inbound, outbound))

  const handle = (request: FastifyRequest, reply: FastifyReply): void => serve(request, reply.hijack().raw)

  return {
    mount: (server) => {
      for (const { method, path } of DATA_PLANE_ROUTES) server.route({ method, url: path, exposeHeadRoute: false, handler: handle })
      server.options('*', (request, reply) =>
        hand(request, reply.hijack().raw, (inbound, outbound) => gateway.preflight(inbound, outbound)),
      )
      server.setNotFoundHandler(handle)
    },
    serve,
    refuse: (request, response, denial) => {
      hand(request, response, (inbound, outbound) => gateway.refuse(inbound, outbound, denial))
    },
    addressOf: (requestId) => running.get(requestId)?.ip,
    idle: () => serving.size === 0,
    quiet: async (limitMs) => {
      const limit = Promise.withResolvers<void>()
      const timer = setTimeout(limit.resolve, limitMs)
      await Promise.race([Promise.allSettled(serving), limit.promise])
      clearTimeout(timer)
    },
  }
}

/** A target may name scheme and host as well (RFC 9112, 3.2.2): neither decides anything. */
function originForm(target: string): string {
  if (target.startsWith('/')) return target
  const path = target.replace(/^https?:\/\/[^/?#]*/i, '')
  return path.startsWith('/') ? path : `/${path}`
}

/** The path of a request's target, as it was sent. */
export function pathOf({ url = '/' }: IncomingMessage): string {
  return targetOf(url).path
}

function targetOf(url: string): { path: string; query: string } {
  const target = originForm(url)
  const question = target.indexOf('?')
  return question === -1 ? { path: target, query: '' } : { path: target.slice(0, question), query: target.slice(question + 1) }
}

/** What is known of a request beside its head: how a body that was not read is opened, and whose certificate its connection has. */
interface Known {
  /** On which the request is answered; with it, its body can be opened. */
  response?: ServerResponse
  room?: BodyRoom
  certificateOf?: CertificateOf | undefined
}

/** The request as the gateway takes it. */
export function inboundOf({ id, raw, ip, body }: Arrival, { response, room, certificateOf }: Known = {}): Inbound {
  const read = Buffer.isBuffer(body)
  return {
    id,
    ip,
    method: raw.method ?? 'GET',
    ...targetOf(raw.url ?? '/'),
    headers: raw.headers,
    body: read ? body : NO_BODY,
    ...(certificateOf === undefined ? {} : { certificate: () => certificateOf(raw) }),
    ...(read || response === undefined ? {} : { unread: () => chunksOf(raw, response) }),
    ...(read || room === undefined ? {} : { room: roomFor({ id, raw }, room) }),
    ...(response instanceof HandshakeResponse ? { webSocket: true } : {}),
  }
}

function roomFor({ id, raw }: Pick<Arrival, 'id' | 'raw'>, room: BodyRoom): NonNullable<Inbound['room']> {
  return {
    free: FREE_BYTES,
    take: async (bytes) =>
      (await room.take({ id, socket: raw.socket }, bytes, ROOM_WAIT_MS)) ? undefined : noRoom(FREE_BYTES, room.bytes),
  }
}

function outboundOf(response: ServerResponse): NodeOutbound {
  return response instanceof HandshakeResponse ? new SwitchingOutbound(response) : new NodeOutbound(response)
}

/** The body as it comes in. What is left of it when nobody wants more is read and forgotten, so that the answer is. */
async function* chunksOf(raw: IncomingMessage, response: ServerResponse): AsyncGenerator<Buffer> {
  if (raw.headers.expect !== undefined && !response.headersSent) response.writeContinue()
  try {
    for await (const chunk of raw.iterator({ destroyOnReturn: false })) yield chunk as Buffer
  } finally {
    raw.resume()
  }
}

import type { Denial } from '@faregate/core'
import { DATA_PLANE_ROUTES, NodeOutbound, type Gateway, type Inbound } from '@faregate/gateway'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** The data plane as the HTTP server sees it. */
export interface DataPlane {
  /** Adds the routes of the data plane, the preflight, and the answer for every path that is not served. */
  mount(server: FastifyInstance): void
  /** Answers a request that cannot be handled. */
  refuse(request: FastifyRequest, reply: FastifyReply, denial: Denial): void
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
 * `served`: told of every request once its answer has ended.
 */
export function createDataPlane(gateway: Gateway, closing: () => boolean, served: (requestId: string) => void): DataPlane {
  const running = new Map<string, FastifyRequest>()
  const serving = new Set<Promise<void>>()

  const hand = (request: FastifyRequest, reply: FastifyReply, serve: (inbound: Inbound, outbound: NodeOutbound) => Promise<void>): void => {
    reply.hijack()
    if (closing()) reply.raw.shouldKeepAlive = false
    running.set(request.id, request)
    // The gateway answers by itself and never rejects.
    const work = serve(inboundOf(request), new NodeOutbound(reply.raw)).finally(() => {
      running.delete(request.id)
      serving.delete(work)
      served(request.id)
    })
    serving.add(work)
  }

  const handle = (request: FastifyRequest, reply: FastifyReply) =>
    hand(request, reply, (inbound, outbound) => gateway.handle(inbound, outbound))

  return {
    mount: (server) => {
      for (const { method, path } of DATA_PLANE_ROUTES) server.route({ method, url: path, exposeHeadRoute: false, handler: handle })
      server.route({ method: 'GET', url: '/v1/models/*', exposeHeadRoute: false, handler: handle })
      server.options('*', (request, reply) => hand(request, reply, (inbound, outbound) => gateway.preflight(inbound, outbound)))
      server.setNotFoundHandler(handle)
    },
    refuse: (request, reply, denial) => {
      hand(request, reply, (inbound, outbound) => gateway.refuse(inbound, outbound, denial))
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

/** The request as the gateway takes it. */
export function inboundOf(request: FastifyRequest): Inbound {
  const url = originForm(request.raw.url ?? '/')
  const question = url.indexOf('?')
  return {
    id: request.id,
    method: request.method,
    path: question === -1 ? url : url.slice(0, question),
    query: question === -1 ? '' : url.slice(question + 1),
    headers: request.headers,
    body: Buffer.isBuffer(request.body) ? request.body : NO_BODY,
  }
}

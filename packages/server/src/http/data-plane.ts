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
}

const NO_BODY = Buffer.alloc(0)

/** Hands requests to the gateway, and the raw connection with them. `closing()`: connections end with their answer. */
export function createDataPlane(gateway: Gateway, closing: () => boolean): DataPlane {
  const running = new Map<string, FastifyRequest>()

  const hand = async (request: FastifyRequest, reply: FastifyReply, serve: (inbound: Inbound, outbound: NodeOutbound) => Promise<void>) => {
    reply.hijack()
    if (closing()) reply.raw.shouldKeepAlive = false
    running.set(request.id, request)
    await serve(inboundOf(request), new NodeOutbound(reply.raw))
    running.delete(request.id)
  }

  return {
    mount: (server) => {
      const handle = (request: FastifyRequest, reply: FastifyReply) => hand(request, reply, gateway.handle)
      for (const { method, path } of DATA_PLANE_ROUTES) server.route({ method, url: path, exposeHeadRoute: false, handler: handle })
      server.route({ method: 'GET', url: '/v1/models/*', exposeHeadRoute: false, handler: handle })
      server.options('*', (request, reply) => hand(request, reply, gateway.preflight))
      server.setNotFoundHandler(handle)
    },
    refuse: (request, reply, denial) => {
      void hand(request, reply, (inbound, outbound) => gateway.refuse(inbound, outbound, denial))
    },
    addressOf: (requestId) => running.get(requestId)?.ip,
  }
}

/** The request as the gateway takes it. */
export function inboundOf(request: FastifyRequest): Inbound {
  const url = request.raw.url ?? '/'
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

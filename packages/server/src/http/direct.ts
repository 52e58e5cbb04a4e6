import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { readBody, type BodyOptions } from './body.ts'
import type { Arrival, DataPlane } from './data-plane.ts'

export interface DirectOptions {
  bodies: BodyOptions
  plane: DataPlane
  refuse: (request: Arrival, response: ServerResponse, error: Error) => void
  newRequestId: () => string
  /** Whether it calls a published API, and is not to be read before. */
  publishes: (raw: IncomingMessage) => boolean
}

/**
 * Nearly every request is this one. It goes to the data plane without the router, which would add a tenth to what a
 * request costs and nothing to what is done with it; whatever looks different takes the usual way.
 */
const METHOD = 'POST'
const TARGET = '/v1/chat/completions'
const TYPE = 'application/json'

/**
 * A listener for the plainest requests, and for those that go on to published APIs with their bodies unread, in front of
 * the one that takes all.
 */
export function directly(options: DirectOptions, otherwise: RequestListener): RequestListener {
  return (raw, response) => {
    if (raw.url === TARGET && raw.method === METHOD && raw.headers['content-type'] === TYPE) serve(options, raw, response)
    else if (options.publishes(raw)) options.plane.serve(arrivalOf(options, raw), response)
    else otherwise(raw, response)
  }
}

function arrivalOf({ newRequestId }: Pick<DirectOptions, 'newRequestId'>, raw: IncomingMessage): Arrival {
  return { id: newRequestId(), raw, ip: raw.socket.remoteAddress ?? '' }
}

function serve({ bodies, plane, refuse, newRequestId }: DirectOptions, raw: IncomingMessage, response: ServerResponse): void {
  const request = { ...arrivalOf({ newRequestId }, raw), is404: false, body: undefined as Buffer | undefined }
  readBody(bodies, request, (error, body) => {
    if (error !== null) return refuse(request, response, error)
    request.body = body
    plane.serve(request, response)
  })
}

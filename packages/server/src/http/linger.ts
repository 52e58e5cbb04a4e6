import type { IncomingMessage, RequestListener } from 'node:http'
import { Socket } from 'node:net'

/** So long what is left of a request may take to arrive once it was answered, on a connection that ends. */
const LINGER_MS = 10_000

/**
 * A listener whose last answers arrive, in front of one that may answer before a body was read. A connection that is
 * closed while its sender still sends is reset, and a reset takes the answer with it (RFC 9112, 9.6): so only our side is
 * closed, and what still comes is read and forgotten until it is all there, or for `LINGER_MS`.
 */
export function lingering(handler: RequestListener): RequestListener {
  return (request, response) => {
    const { socket } = request
    // What was sent behind the last request of a connection is not served: nobody would get the answer.
    if (socket.writableEnded) return
    // Node calls it once the last answer has been written, and drops what is left of the body itself.
    if (hasBody(request)) socket.destroySoon = () => closeOnceRead(request)
    handler(request, response)
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || headers['content-length'] !== undefined
}

function closeOnceRead(request: IncomingMessage): void {
  const { socket } = request
  const close = (): void => Socket.prototype.destroySoon.call(socket)
  if (request.complete) return close()
  socket.end()
  const limit = setTimeout(() => socket.destroy(), LINGER_MS).unref()
  request.once('end', close)
  socket.once('close', () => clearTimeout(limit))
  // A body that waited for room is paused, and one that ends too soon is not resumed by anybody else.
  request.resume()
}

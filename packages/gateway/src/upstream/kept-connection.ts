import type { Socket } from 'node:net'

const lost = new WeakSet<Error>()

/**
 * Marks the error by which a connection ends that had served before and then carried nothing of the answer to its last
 * request: the upstream closed a connection that was kept for the next call in the moment in which that call used it
 * (RFC 9112, 9.5). That says nothing of the upstream's health, and the next connection is likely to serve.
 */
export function markLosses(socket: Socket): void {
  const write = socket.write.bind(socket) as (...given: unknown[]) => boolean
  const destroy = socket.destroy.bind(socket)
  let readBefore = 0
  socket.write = (...given: unknown[]): boolean => {
    readBefore = socket.bytesRead
    return write(...given)
  }
  socket.destroy = (error?: Error): Socket => {
    if (error !== undefined && readBefore > 0 && socket.bytesRead === readBefore) lost.add(error)
    return destroy(error)
  }
}

/** Whether a call failed because its kept connection was closed before anything of the answer came. */
export function wasLostWhileKept(error: Error): boolean {
  return lost.has(error)
}

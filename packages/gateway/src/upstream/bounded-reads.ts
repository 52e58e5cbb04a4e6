import type { Socket } from 'node:net'
import { buildConnector } from 'undici'
import { markLosses } from './kept-connection.ts'

/** What a socket itself asks the kernel for at once. */
const MOST_BYTES = 65_536

/**
 * Connects like undici, with sockets that give at most 64 kB at a time. undici takes all that a socket has, and puts back
 * what it does not parse because the reader is paused; the socket, found empty in between, has fetched more by then. So
 * with every pause of a slow reader the buffer grows, without end. What is left in the socket keeps it from fetching.
 */
export function boundedConnector(timeoutMs: number): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs, allowH2: false })
  return (options, callback) => {
    connect(options, (...[error, socket]) => {
      if (error !== null) return callback(error, null)
      boundReads(socket)
      markLosses(socket)
      callback(null, socket)
    })
  }
}

function boundReads(socket: Socket): void {
  const read = socket.read.bind(socket)
  socket.read = (size?: number): unknown => read(size ?? (socket.readableLength > MOST_BYTES ? MOST_BYTES : undefined))
}
